"""Points 14 and 15: a new session finds everything again, also where the venue hides or forgets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from broker_adapters.base import NotFound, OrderReport
from bus.values import OrderState
from tests.contract.broker_adapters.grounds.ground import Fault, Trait, is_found
from tests.contract.broker_adapters.points.asking import point
from tests.contract.broker_adapters.points.hearing import heard_until

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = pytest.mark.anyio

_SECOND = timedelta(seconds=1)


@point(14)
async def test_killed_before_the_send_leaves_nothing(ground: Ground) -> None:
    request = ground.request()

    another = await ground.anew()

    assert await ground.resolved(request, another) == NotFound()


@point(14)
async def test_killed_between_send_and_answer_leaves_one_order_to_find(ground: Ground) -> None:
    request = ground.request()
    await ground.fault(Fault.DROPPED_PLACED)
    await ground.submit(request)

    found = await ground.resolved(request, await ground.anew())

    assert is_found(found)
    assert found.state is OrderState.FILLED
    assert await ground.placed(request.client_order_id) == 1


@point(14)
async def test_killed_amid_parts_goes_on_counting(ground: Ground) -> None:
    await ground.market(depth=4)
    report = await ground.accepted(ground.limit())
    another = await ground.anew()

    await ground.market(depth=4)

    found = await another.find(ground.ref(report))
    assert isinstance(found, OrderReport)
    assert found.filled_quantity == 8 * ground.lot


@point(14)
async def test_new_session_tells_of_orders_that_the_old_one_left_working(
    ground: Ground, asking: Asking
) -> None:
    report = await ground.accepted(ground.limit(below=10))
    another = await ground.anew()
    if await asking.declares(ground, Trait.CLIENT_ID):
        # It cannot know which orders are ours; a worker asks for each as soon as it is open.
        await another.find(ground.ref(report))

    await ground.market(ground.price - 20 * ground.tick)
    heard = await heard_until(
        ground, lambda told: any(each.state is OrderState.FILLED for each in told), another
    )

    assert heard[-1].client_order_id == report.client_order_id


@point(14)
async def test_new_session_reads_the_same_position_and_orders(ground: Ground) -> None:
    await ground.accepted(ground.request())
    waiting = await ground.accepted(ground.limit(below=10))

    another = await ground.anew()

    assert await ground.held(another) == 10
    (seen,) = await another.open_orders()
    assert seen.broker_order_id == waiting.broker_order_id


@point(14)
async def test_lists_of_more_than_a_page_are_read_to_their_end(ground: Ground) -> None:
    began_at = ground.clock.now()
    placed: set[str] = set()
    for _ in range(ground.page + 1):
        await ground.fresh_allowance()
        placed.add((await ground.accepted(ground.limit(1, below=10))).broker_order_id)
    another = await ground.anew()

    working = await another.open_orders()
    await ground.market(ground.price - 20 * ground.tick)
    orders = await another.orders_since(began_at - _SECOND)
    fills = await another.fills_since(began_at - _SECOND)

    assert {order.broker_order_id for order in working} == placed
    assert {order.broker_order_id for order in orders} == placed
    assert {fill.broker_order_id for fill in fills} == placed


@point(15)
async def test_filled_order_is_found_long_after_its_client_id_is_forgotten(
    ground: Ground, asking: Asking
) -> None:
    request = ground.request()
    await ground.fault(Fault.DROPPED_PLACED)
    await ground.submit(request)
    ref = ground.ref(request)

    window = ground.broker.capabilities.lookup_window
    await ground.pass_((window or timedelta(hours=1)) + 60 * _SECOND)

    await asking.declares(ground, Trait.FORGETS)
    found = await ground.broker.find(ref)
    assert isinstance(found, OrderReport)
    assert found.state is OrderState.FILLED
    assert sum(fill.quantity for fill in found.fills) == request.quantity


@point(15)
async def test_order_that_is_not_shown_at_once_is_found_before_absence_counts(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.HIDES_AT_FIRST):
        return
    request = ground.limit(below=10)
    await ground.hide(10 * _SECOND)
    await ground.fault(Fault.DROPPED_PLACED)
    await ground.submit(request)
    ref = ground.ref(request)

    at_once = await ground.broker.find(ref)
    await ground.pass_(2 * _SECOND + ground.broker.capabilities.settle)
    in_time = await ground.broker.find(ref)

    assert not isinstance(at_once, OrderReport)
    assert isinstance(in_time, OrderReport)


@point(15)
async def test_order_is_found_by_the_venues_id_alone(ground: Ground) -> None:
    report = await ground.accepted(ground.request())
    await ground.pass_(timedelta(hours=1))
    ref = msgspec.structs.replace(ground.ref(report), client_order_id="4plost")

    found = await ground.broker.find(ref)

    assert isinstance(found, OrderReport)
    assert found.broker_order_id == report.broker_order_id


@point(15)
async def test_foreign_order_of_the_same_kind_is_not_taken_for_ours(ground: Ground) -> None:
    await ground.accepted(ground.request())

    assert await ground.resolved(ground.request()) == NotFound()
