"""1,234 shares: one order of ours, one lot and 234 odd shares at the exchange."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import Cancelled, OrderReport, Rejected, Unknown
from bus.values import OrderState, OrderType
from infra.local.doubles.shioaji.faults import Fault
from tests.integration.broker_adapters.sino import at_venue, stock_ground

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.broker_adapters.grounds.sino import SinoGround

pytestmark = pytest.mark.anyio

SHARES = Decimal(1234)
LOT = Decimal(1000)
_MINUTE = timedelta(minutes=1)


@pytest.fixture
async def ground() -> AsyncGenerator[SinoGround]:
    async with stock_ground() as opened:
        yield opened


async def test_lot_and_odd_shares_are_two_orders_and_one_report(ground: SinoGround) -> None:
    report = await ground.accepted(ground.limit(quantity=SHARES))

    found = await ground.found(report)
    placed = [(order.order_lot, order.quantity) for order in at_venue(ground)]
    assert placed == [("Common", 1), ("IntradayOdd", 234)]
    assert found.broker_order_id == "+".join(order.id for order in at_venue(ground))
    assert (found.state, found.filled_quantity) == (OrderState.FILLED, SHARES)
    assert sorted(fill.quantity for fill in found.fills) == [Decimal(234), LOT]


async def test_odd_shares_at_the_market_are_a_limit_order_at_the_days_bound(
    ground: SinoGround,
) -> None:
    report = await ground.accepted(ground.request(quantity=SHARES))

    found = await ground.found(report)
    odd = at_venue(ground)[1]
    assert (odd.price_type, odd.price, odd.time_in_force) == ("LMT", Decimal(660), "ROD")
    assert found.average_price == ground.price


async def test_one_part_may_be_filled_while_the_other_works(ground: SinoGround) -> None:
    await ground.market(depth=1)
    report = await ground.accepted(ground.limit(quantity=SHARES))

    found = await ground.found(report)
    outcome = await ground.broker.cancel(ground.ref(report))

    assert (found.state, found.filled_quantity) == (OrderState.PARTIALLY_FILLED, LOT)
    assert isinstance(outcome, Cancelled)
    assert outcome.report.filled_quantity == LOT
    assert [order.status for order in at_venue(ground)] == ["Filled", "Cancelled"]


async def test_refused_odd_part_leaves_the_lot_and_its_reason(ground: SinoGround) -> None:
    ground.ledger.money = ground.price * LOT
    report = await ground.accepted(ground.limit(quantity=SHARES))

    found = await ground.found(report)

    assert (found.state, found.filled_quantity) == (OrderState.CANCELLED, LOT)
    assert found.reason == "insufficient_funds"
    assert await ground.held() == 1


async def test_nothing_of_an_order_is_sent_after_its_lot_was_refused(ground: SinoGround) -> None:
    ground.ledger.money = Decimal(1)
    request = ground.limit(quantity=SHARES)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Rejected)
    assert await ground.written(request.client_order_id) == 1


async def test_nothing_of_an_order_is_sent_after_its_lot_became_unknown(
    ground: SinoGround,
) -> None:
    request = ground.limit(quantity=SHARES)
    ground.venue.faults.add(Fault.TIMEOUT_AFTER)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Unknown)
    assert await ground.written(request.client_order_id) == 1


async def test_unknown_odd_part_is_found_beside_its_lot(ground: SinoGround) -> None:
    request = ground.limit(quantity=SHARES)
    for fault in (None, Fault.TIMEOUT_AFTER):
        ground.venue.faults.add(fault)

    outcome = await ground.submit(request)
    found = await ground.resolved(request)

    assert isinstance(outcome, Unknown)
    assert isinstance(found, OrderReport)
    assert (found.state, found.filled_quantity) == (OrderState.FILLED, SHARES)
    assert await ground.placed(request.client_order_id) == 1


async def test_odd_part_that_never_came_is_unknown_first_and_then_given_up(
    ground: SinoGround,
) -> None:
    request = ground.limit(quantity=SHARES)
    for fault in (None, Fault.TIMEOUT_BEFORE):
        ground.venue.faults.add(fault)
    await ground.submit(request)
    ref = ground.ref(request)

    at_once = await ground.broker.find(ref)
    await ground.pass_(_MINUTE)
    later = await ground.broker.find(ref)

    assert isinstance(at_once, Unknown)
    assert isinstance(later, OrderReport)
    assert (later.state, later.filled_quantity) == (OrderState.CANCELLED, LOT)


async def test_odd_shares_alone_are_one_order(ground: SinoGround) -> None:
    report = await ground.accepted(ground.limit(quantity=Decimal(234)))

    assert [order.order_lot for order in at_venue(ground)] == ["IntradayOdd"]
    assert (await ground.found(report)).filled_quantity == 234


async def test_fractions_of_a_share_are_cut_off(ground: SinoGround) -> None:
    request = ground.request(
        quantity=Decimal("1234.9"), order_type=OrderType.LIMIT, limit_price=ground.price
    )

    report = await ground.accepted(request)

    assert report.quantity == SHARES
    assert (await ground.found(report)).state is OrderState.FILLED
