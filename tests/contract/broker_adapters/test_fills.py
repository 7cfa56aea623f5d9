"""How orders meet the market: resting limits, stops, parts, the day's end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import Cancelled, Reason, Rejected
from bus.values import OrderState, OrderType, Side, TimeInForce
from tests.contract.broker_adapters.trader import trading

if TYPE_CHECKING:
    from tests.contract.broker_adapters.trader import Place, Trader

pytestmark = pytest.mark.anyio


async def test_resting_limit_fills_at_its_limit_when_the_price_reaches_it(trader: Trader) -> None:
    report = await trader.resting(limit_price=Decimal(95))

    moved = await trader.tick("94")

    filled = await trader.found(report)
    assert moved == 1
    assert filled.state is OrderState.FILLED
    assert filled.average_price == Decimal(95)


async def test_resting_limit_fills_at_another_alerts_price_too(trader: Trader) -> None:
    report = await trader.resting(limit_price=Decimal(95))

    await trader.placed(reference_price=Decimal(95))

    assert (await trader.found(report)).state is OrderState.FILLED


@pytest.mark.parametrize(
    ("side", "before", "at"), [(Side.BUY, "109", "110"), (Side.SELL, "91", "90")]
)
async def test_stop_fills_at_the_price_that_reaches_it(
    trader: Trader, side: Side, before: str, at: str
) -> None:
    report = await trader.placed(side=side, order_type=OrderType.STOP, stop_price=Decimal(at))
    await trader.tick(before)
    still = await trader.found(report)

    await trader.tick(at)

    filled = await trader.found(report)
    assert still.state is OrderState.ACCEPTED
    assert filled.average_price == Decimal(at)


async def test_stop_limit_works_as_a_limit_once_it_is_reached(trader: Trader) -> None:
    report = await trader.placed(
        order_type=OrderType.STOP_LIMIT, stop_price=Decimal(110), limit_price=Decimal(112)
    )
    await trader.tick("115")
    still = await trader.found(report)

    await trader.tick("111")

    filled = await trader.found(report)
    assert still.state is OrderState.ACCEPTED
    assert filled.average_price == Decimal(112)


async def test_order_larger_than_the_markets_depth_fills_in_parts(place: Place) -> None:
    async with trading(place, liquidity_per_tick="0.4") as trader:
        report = await trader.placed(quantity=Decimal(1))
        await trader.tick("101")
        second = await trader.found(report)
        await trader.tick("102")

        third = await trader.found(report)

        assert report.state is OrderState.PARTIALLY_FILLED
        assert (report.filled_quantity, second.filled_quantity) == (Decimal("0.4"), Decimal("0.8"))
        assert third.state is OrderState.FILLED
        assert [fill.price for fill in third.fills] == [100, 101, 102]
        assert third.average_price == Decimal("100.8")


async def test_depth_of_one_price_is_shared_by_the_oldest_orders_first(place: Place) -> None:
    async with trading(place, liquidity_per_tick="1.5") as trader:
        older = await trader.resting(limit_price=Decimal(95))
        newer = await trader.resting(limit_price=Decimal(96))

        await trader.tick("94")

        assert (await trader.found(older)).filled_quantity == 1
        assert (await trader.found(newer)).filled_quantity == Decimal("0.5")


async def test_immediate_order_keeps_what_it_got_and_expires(place: Place) -> None:
    async with trading(place, liquidity_per_tick="0.4") as trader:
        report = await trader.placed(time_in_force=TimeInForce.IOC)

        assert report.state is OrderState.EXPIRED
        assert report.filled_quantity == Decimal("0.4")


async def test_fill_or_kill_order_takes_nothing_of_a_shallow_market(place: Place) -> None:
    async with trading(place, liquidity_per_tick="0.4") as trader:
        outcome = await trader.submit(time_in_force=TimeInForce.FOK)

        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.NOT_FILLABLE
        assert await trader.held() == 0


async def test_cancel_of_a_part_filled_order_keeps_its_fills(place: Place) -> None:
    async with trading(place, liquidity_per_tick="0.4") as trader:
        report = await trader.placed()
        await trader.tick("101")

        outcome = await trader.broker.cancel(trader.ref(report))

        assert isinstance(outcome, Cancelled)
        assert outcome.report.state is OrderState.CANCELLED
        assert outcome.report.filled_quantity == Decimal("0.8")
        assert sum(fill.quantity for fill in outcome.report.fills) == Decimal("0.8")
        await trader.tick("102")
        assert await trader.held() == Decimal("0.8")


async def test_day_order_is_over_when_the_day_is(trader: Trader) -> None:
    report = await trader.resting(time_in_force=TimeInForce.DAY)

    await trader.place.end_the_day()

    assert (await trader.found(report)).state is OrderState.EXPIRED
    assert await trader.broker.open_orders() == ()


async def test_day_order_does_not_fill_on_the_next_day(trader: Trader) -> None:
    await trader.resting(time_in_force=TimeInForce.DAY, limit_price=Decimal(95))
    await trader.place.end_the_day()

    await trader.tick("90")

    assert await trader.held() == 0


async def test_fees_and_slippage_are_those_of_the_account(place: Place) -> None:
    async with trading(place, fee_rate="0.001", slippage="0.01") as trader:
        report = await trader.placed(quantity=Decimal(2))

        (fill,) = report.fills
        assert fill.price == Decimal(101)
        assert fill.fee == Decimal("0.202")
        assert fill.fee_currency == "USD"


async def test_every_fill_has_a_key_of_its_own_that_stays(place: Place) -> None:
    async with trading(place, liquidity_per_tick="0.4") as trader:
        report = await trader.placed()
        await trader.tick("101")

        found = await trader.found(report)
        told = await trader.broker.fills_since(report.at)

        keys = [fill.fill_key for fill in found.fills]
        assert len(set(keys)) == 2
        assert keys[0] == report.fills[0].fill_key
        assert [fill.fill_key for fill in told] == keys
