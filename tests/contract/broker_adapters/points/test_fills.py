"""Points 11 to 13: parts, fills heard twice or late, and cancels that come too late."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from broker_adapters.base import AlreadyFinal, Cancelled, Reason, Rejected
from bus.values import OrderState, Side
from tests.contract.broker_adapters.grounds.ground import Fault, Trait
from tests.contract.broker_adapters.points.asking import point
from tests.contract.broker_adapters.points.hearing import heard_until

if TYPE_CHECKING:
    from broker_adapters.base import OrderReport
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = pytest.mark.anyio

_HOUR = timedelta(hours=1)


@point(11)
async def test_order_deeper_than_the_market_fills_in_parts(ground: Ground) -> None:
    await ground.market(depth=4)
    request = ground.limit()

    await ground.accepted(request)
    first = await ground.found(request)
    await ground.market(depth=4)
    second = await ground.found(request)

    assert [first.state, second.state] == [OrderState.PARTIALLY_FILLED] * 2
    assert first.filled_quantity == 4 * ground.lot
    assert second.filled_quantity == 8 * ground.lot
    assert len({fill.fill_key for fill in second.fills}) == len(second.fills)


@point(11)
async def test_cancel_of_a_part_filled_order_keeps_what_filled(ground: Ground) -> None:
    await ground.market(depth=4)
    report = await ground.accepted(ground.limit())

    outcome = await ground.broker.cancel(ground.ref(report))

    assert isinstance(outcome, Cancelled)
    assert outcome.report.state is OrderState.CANCELLED
    assert outcome.report.filled_quantity == 4 * ground.lot
    assert (await ground.found(report)).filled_quantity == 4 * ground.lot
    assert await ground.held() == 4


@point(11)
async def test_fills_add_up_to_what_the_order_says(ground: Ground) -> None:
    await ground.market(depth=3)
    report = await ground.accepted(ground.limit())
    await ground.market(depth=3)

    found = await ground.found(report)
    told = await ground.broker.fills_since(ground.clock.now() - _HOUR)

    assert sum(fill.quantity for fill in found.fills) == found.filled_quantity
    keys = [fill.fill_key for fill in told if fill.broker_order_id == report.broker_order_id]
    assert keys == [fill.fill_key for fill in found.fills]


@point(12)
async def test_fill_is_told_by_itself_with_the_key_that_a_look_up_has(ground: Ground) -> None:
    report = await ground.accepted(ground.limit(below=10))
    await ground.market(ground.price - 20 * ground.tick)

    heard = await heard_until(ground, lambda told: _filled(told) >= report.quantity)

    keys = {fill.fill_key for each in heard for fill in each.fills}
    assert keys == {fill.fill_key for fill in (await ground.found(report)).fills}


@point(12)
async def test_fills_of_an_order_filled_at_once_are_in_its_answer_or_told(ground: Ground) -> None:
    report = await ground.accepted(ground.request())

    heard = [report]
    if _filled(heard) < report.quantity:
        heard += await heard_until(ground, lambda told: _filled([report, *told]) == report.quantity)

    assert _filled(heard) == report.quantity


@point(12)
async def test_fill_names_its_order_by_both_ids(ground: Ground, asking: Asking) -> None:
    report = await ground.accepted(ground.request())

    told = await ground.broker.fills_since(ground.clock.now() - _HOUR)

    assert {fill.broker_order_id for fill in told} == {report.broker_order_id}
    if not await asking.declares(ground, Trait.CLIENT_ID):
        assert {fill.client_order_id for fill in told} == {report.client_order_id}


@point(12)
async def test_fill_before_the_answer_is_told_once(ground: Ground) -> None:
    request = ground.request()
    await ground.fault(Fault.DROPPED_PLACED)
    await ground.submit(request)

    heard = await heard_until(ground, lambda told: _filled(told) == request.quantity)

    found = await ground.found(request)
    assert _filled(heard) == found.filled_quantity


@point(12)
async def test_parts_are_told_as_they_come_and_never_fall(ground: Ground) -> None:
    await ground.market(depth=4)
    report = await ground.accepted(ground.limit())
    for _ in range(2):
        await ground.market(depth=4)

    heard = await heard_until(ground, lambda told: _filled([report, *told]) == report.quantity)

    amounts = [each.filled_quantity for each in heard]
    assert amounts == sorted(amounts)
    assert heard[-1].state is OrderState.FILLED


@point(12)
async def test_late_fill_before_a_cancel_is_in_its_answer_or_told(ground: Ground) -> None:
    await ground.market(depth=4)
    report = await ground.accepted(ground.limit())
    await ground.market(depth=4)

    outcome = await ground.broker.cancel(ground.ref(report))

    assert isinstance(outcome, Cancelled)
    assert outcome.report.filled_quantity == 8 * ground.lot
    assert sum(fill.quantity for fill in outcome.report.fills) == 8 * ground.lot


@point(13)
async def test_cancel_of_a_filled_order_says_so(ground: Ground) -> None:
    report = await ground.accepted(ground.request())

    outcome = await ground.broker.cancel(ground.ref(report))

    assert isinstance(outcome, AlreadyFinal)
    assert outcome.report.state is OrderState.FILLED
    assert outcome.report.filled_quantity == report.quantity


@point(13)
async def test_cancel_of_a_cancelled_order_is_harmless(ground: Ground) -> None:
    report = await ground.accepted(ground.limit(below=10))
    await ground.broker.cancel(ground.ref(report))

    outcome = await ground.broker.cancel(ground.ref(report))

    assert isinstance(outcome, AlreadyFinal)
    assert outcome.report.state is OrderState.CANCELLED


@point(13)
async def test_cancel_of_an_order_that_never_was_is_refused(ground: Ground) -> None:
    outcome = await ground.broker.cancel(ground.ref(ground.request()))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.NOT_FOUND


@point(13)
async def test_order_whose_id_nobody_heard_is_cancelled_by_its_client_id(ground: Ground) -> None:
    report = await ground.accepted(ground.limit(below=10))
    ref = msgspec.structs.replace(ground.ref(report), broker_order_id=None)

    outcome = await ground.broker.cancel(ref)

    assert isinstance(outcome, Cancelled)
    assert not await ground.broker.open_orders()


@point(13)
async def test_cancelled_order_does_not_fill(ground: Ground) -> None:
    report = await ground.accepted(ground.limit(below=10))
    await ground.broker.cancel(ground.ref(report))

    await ground.market(ground.price - 20 * ground.tick)

    assert await ground.held() == 0
    assert (await ground.found(report)).side is Side.BUY


def _filled(told: list[OrderReport]) -> Decimal:
    fills = {fill.fill_key: fill.quantity for each in told for fill in each.fills}
    return sum(fills.values(), Decimal(0))
