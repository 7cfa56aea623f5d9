"""Points 5 to 10: whatever becomes of the way to the venue, an order is one order or none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import Accepted, NotFound, NotSent, OrderReport, Unknown
from bus.values import OrderState
from tests.contract.broker_adapters.grounds.ground import Fault, Trait, is_found
from tests.contract.broker_adapters.points.asking import point

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = pytest.mark.anyio

_SECOND = timedelta(seconds=1)
_MOMENT = timedelta(milliseconds=1)
_READ = [None, *(fault for fault in Fault if fault is not Fault.OUT_OF_REACH)]
_PLACED = [
    pytest.param(Fault.DROPPED_PLACED, marks=point(6)),
    pytest.param(Fault.FAILED_PLACED, marks=point(8)),
    pytest.param(Fault.GARBLED_PLACED, marks=point(9)),
]


@point(5)
async def test_order_dropped_unread_is_unknown_and_then_nowhere(ground: Ground) -> None:
    request = ground.request()
    await ground.fault(Fault.DROPPED_UNREAD)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Unknown | NotSent)
    assert await ground.resolved(request) == NotFound()
    assert await ground.placed(request.client_order_id) == 0
    assert await ground.held() == 0


@point(5)
async def test_order_that_cannot_leave_is_provably_not_sent(ground: Ground) -> None:
    request = ground.request()
    await ground.fault(Fault.OUT_OF_REACH)

    outcome = await ground.submit(request)

    assert isinstance(outcome, NotSent)
    assert await ground.written(request.client_order_id) == 0


@pytest.mark.parametrize("fault", _PLACED)
async def test_order_whose_answer_is_lost_is_unknown(ground: Ground, fault: Fault) -> None:
    request = ground.request()
    await ground.fault(fault)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("fault", _PLACED)
async def test_order_whose_answer_is_lost_is_found_and_is_one(ground: Ground, fault: Fault) -> None:
    request = ground.request()
    await ground.fault(fault)
    await ground.submit(request)

    found = await ground.resolved(request)

    assert is_found(found)
    assert found.state is OrderState.FILLED
    assert found.filled_quantity == request.quantity
    assert await ground.placed(request.client_order_id) == 1
    assert await ground.held() == 10


@pytest.mark.parametrize("fault", _PLACED)
async def test_working_order_whose_answer_is_lost_is_found(ground: Ground, fault: Fault) -> None:
    request = ground.limit(below=10)
    await ground.fault(fault)
    await ground.submit(request)

    found = await ground.resolved(request)

    assert is_found(found)
    assert found.state is OrderState.ACCEPTED
    assert found.quantity == request.quantity


@point(7)
async def test_order_accepted_when_nobody_waits_any_more_is_found(ground: Ground) -> None:
    request = ground.request()
    await ground.fault(Fault.HELD)
    outcome = await ground.submit(request)

    await ground.release()

    assert isinstance(outcome, Unknown)
    assert isinstance(await ground.resolved(request), OrderReport)
    assert await ground.placed(request.client_order_id) == 1


@point(7)
async def test_late_order_is_refused_or_never_left(ground: Ground) -> None:
    request = ground.request()
    send_by = ground.clock.now() - _MOMENT

    outcome = await ground.broker.submit(request, send_by=send_by)

    assert not isinstance(outcome, Accepted | Unknown)
    assert await ground.placed(request.client_order_id) == 0


@point(7)
async def test_order_held_past_its_time_is_refused_where_absence_can_be_proved(
    ground: Ground,
) -> None:
    request = ground.request()
    await ground.fault(Fault.HELD)
    await ground.submit(request)

    await ground.pass_(3 * _SECOND)
    await ground.release()

    is_placed = await ground.placed(request.client_order_id) == 1
    assert is_placed is not ground.broker.capabilities.can_prove_absence


@point(10)
@pytest.mark.parametrize("fault", _READ, ids=str)
async def test_order_is_written_once_whatever_becomes_of_it(
    ground: Ground, fault: Fault | None
) -> None:
    request = ground.request()
    if fault is not None:
        await ground.fault(fault)

    await ground.submit(request)
    await ground.release()
    await ground.resolved(request)

    assert await ground.written(request.client_order_id) == 1
    assert await ground.placed(request.client_order_id) <= 1


@point(10)
async def test_second_order_of_one_client_id_is_unknown_and_places_nothing(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.UNIQUE_CLIENT_ID):
        return
    request = ground.request()
    await ground.accepted(request)

    outcome = await ground.submit(request)

    # The venue refuses the second, but of that id there is an order: nobody may call it refused.
    assert isinstance(outcome, Unknown)
    assert await ground.placed(request.client_order_id) == 1
    assert await ground.held() == 10
