"""What a submit promises: one order at most, the right outcome, and exact numbers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.base import Accepted, NotFound, Reason, Rejected, SubmitOutcome, Unknown
from bus.values import OrderState, OrderType, Side, TimeInForce
from tests.contract.broker_adapters.trader import trading

if TYPE_CHECKING:
    from tests.contract.broker_adapters.trader import Place, Trader

pytestmark = pytest.mark.anyio


async def test_market_order_fills_at_the_alerts_price(trader: Trader) -> None:
    report = await trader.placed(reference_price=Decimal("101.25"))

    assert report.state is OrderState.FILLED
    assert report.average_price == Decimal("101.25")
    assert [fill.price for fill in report.fills] == [Decimal("101.25")]


async def test_market_order_without_a_price_fills_at_the_last_tick(trader: Trader) -> None:
    await trader.tick("99.5")

    report = await trader.placed(reference_price=None)

    assert report.average_price == Decimal("99.5")


async def test_market_order_without_a_price_fills_at_the_last_alerts(trader: Trader) -> None:
    await trader.tick("99.5")
    await trader.placed(reference_price=Decimal(98))

    report = await trader.placed(reference_price=None)

    assert report.average_price == Decimal(98)


async def test_market_order_of_a_symbol_without_any_price_is_refused(trader: Trader) -> None:
    outcome = await trader.submit(reference_price=None)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.NO_PRICE
    assert "`price`" in outcome.message
    assert "POST /api/paper/ticks" in outcome.message


async def test_limit_order_away_from_the_market_works(trader: Trader) -> None:
    report = await trader.resting()

    assert report.state is OrderState.ACCEPTED
    assert report.fills == ()
    assert report.average_price is None


async def test_limit_order_that_crosses_gets_the_better_price(trader: Trader) -> None:
    report = await trader.placed(order_type=OrderType.LIMIT, limit_price=Decimal(105))

    assert report.average_price == Decimal(100)


async def test_limit_order_of_a_symbol_without_a_price_works(trader: Trader) -> None:
    report = await trader.resting(reference_price=None)

    assert report.state is OrderState.ACCEPTED


@pytest.mark.parametrize("time_in_force", [TimeInForce.GTC, TimeInForce.DAY])
async def test_order_with_time_works(trader: Trader, time_in_force: TimeInForce) -> None:
    report = await trader.resting(time_in_force=time_in_force)

    assert report.state is OrderState.ACCEPTED


async def test_immediate_order_that_cannot_fill_expires(trader: Trader) -> None:
    report = await trader.resting(time_in_force=TimeInForce.IOC)

    assert report.state is OrderState.EXPIRED
    assert report.reason == Reason.NOT_FILLABLE.value


async def test_fill_or_kill_order_that_cannot_fill_does_not_exist(trader: Trader) -> None:
    request = trader.request(
        order_type=OrderType.LIMIT, limit_price=Decimal(50), time_in_force=TimeInForce.FOK
    )

    outcome = await trader.submit(request)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.NOT_FILLABLE
    assert await trader.broker.find(trader.ref(request)) == NotFound()


async def test_numbers_come_back_to_the_last_digit(trader: Trader) -> None:
    quantity, price = Decimal("123456789.12345678"), Decimal("0.00001234")

    report = await trader.placed(quantity=quantity, reference_price=price)

    assert await trader.found(report) == report
    assert (report.quantity, report.filled_quantity) == (quantity, quantity)
    assert report.fills[0].price == price


async def test_price_finer_than_an_orders_step_is_kept(trader: Trader) -> None:
    report = await trader.placed(reference_price=Decimal("0.000000001234"))

    assert report.average_price == Decimal("0.000000001234")


async def test_second_order_of_one_client_id_is_unknown_and_changes_nothing(
    trader: Trader,
) -> None:
    request = trader.request()
    await trader.submit(request)

    outcome = await trader.submit(request)

    assert isinstance(outcome, Unknown)
    assert outcome.why.startswith("duplicate")
    assert await trader.held() == 1


async def test_second_order_of_one_client_id_is_unknown_whatever_else_is_wrong(
    trader: Trader,
) -> None:
    request = trader.request()
    await trader.submit(request)
    late = trader.place.clock.now() - timedelta(seconds=1)

    outcome = await trader.broker.submit(
        trader.request(client_order_id=request.client_order_id, quantity=Decimal(-1)),
        send_by=late,
    )

    assert isinstance(outcome, Unknown)


async def test_fifty_submits_of_one_client_id_make_one_order(trader: Trader) -> None:
    request = trader.request()
    outcomes: list[SubmitOutcome] = []

    async def send() -> None:
        outcomes.append(await trader.submit(request))

    async with anyio.create_task_group() as senders:
        for _ in range(50):
            senders.start_soon(send)

    assert [type(outcome) for outcome in outcomes].count(Accepted) == 1
    assert [type(outcome) for outcome in outcomes].count(Unknown) == 49
    assert await trader.held() == 1


async def test_one_client_id_serves_two_accounts(trader: Trader, place: Place) -> None:
    request = trader.request()
    await trader.submit(request)

    async with trading(place) as other:
        outcome = await other.submit(other.request(client_order_id=request.client_order_id))

        assert isinstance(outcome, Accepted)


async def test_order_past_its_time_is_refused_and_does_not_exist(trader: Trader) -> None:
    request = trader.request()
    send_by = trader.place.clock.now() - timedelta(milliseconds=1)

    outcome = await trader.broker.submit(request, send_by=send_by)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.EXPIRED
    assert await trader.broker.find(trader.ref(request)) == NotFound()


async def test_concurrent_orders_of_one_account_are_all_filled(trader: Trader) -> None:
    async with anyio.create_task_group() as senders:
        for n in range(20):
            side = Side.BUY if n % 4 else Side.SELL
            senders.start_soon(trader.submit, trader.request(side=side))

    assert await trader.held() == 10
