"""What a settlement promises: it is safe to repeat, and what is filled never falls."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderId, OrderState, Side
from handlers.records.views import Filter, Span
from telemetry.stages import Stage
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.views import OrderEvent
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def timeline(house: House, trader: Trader, order: OrderId) -> list[OrderEvent]:
    detail = await house.store.queries.order(trader.user, order)
    assert detail is not None
    return list(detail.events)


async def test_what_the_venue_says_is_recorded(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    settled = await house.settle(
        order, OrderState.PARTIALLY_FILLED, broker_order_id="venue-7",
        filled_quantity=Decimal("0.5"), average_price=Decimal("101.5"),
    )  # fmt: skip

    assert (settled.state, settled.has_changed) == (OrderState.PARTIALLY_FILLED, True)
    kept = await house.load(order.id)
    assert (kept.state, kept.broker_order_id) == (OrderState.PARTIALLY_FILLED, "venue-7")
    assert (kept.filled_quantity, kept.average_price) == (Decimal("0.5"), Decimal("101.5"))


async def test_a_settlement_writes_its_event(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    await house.settle(
        order, OrderState.ACCEPTED, evidence={"report": {"x": "1"}}, actor="worker:me"
    )

    event = (await timeline(house, trader, order.id))[-1]
    assert (event.stage, event.actor) == (Stage.SETTLED, "worker:me")
    assert (event.from_state, event.to_state) == (OrderState.SENDING, OrderState.ACCEPTED)
    assert event.evidence == {"report": {"x": "1"}}
    assert event.epoch == trader.lease.epoch


async def test_a_refusal_keeps_its_reason(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    await house.settle(
        order, OrderState.REJECTED, error_code="insufficient_funds", error_message="Too little."
    )

    kept = await house.load(order.id)
    assert (kept.error_code, kept.error_message) == ("insufficient_funds", "Too little.")


async def test_what_is_filled_never_falls(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.PARTIALLY_FILLED, filled_quantity=Decimal(1))

    await house.settle(order, OrderState.CANCELLED, filled_quantity=Decimal("0.5"))

    assert (await house.load(order.id)).filled_quantity == Decimal(1)


async def test_fills_add_up_to_what_is_filled(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "0.5", "100"),))
    settled = await house.settle(
        order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "0.25", "103"),)
    )

    kept = await house.load(order.id)
    assert settled.state is OrderState.PARTIALLY_FILLED
    assert (kept.filled_quantity, kept.average_price) == (Decimal("0.75"), Decimal(101))


async def test_an_average_that_never_ends_is_rounded(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    fills = (a_fill(order, "0.5", "100"), a_fill(order, "0.25", "101"))
    await house.settle(order, OrderState.PARTIALLY_FILLED, fills=fills)

    assert (await house.load(order.id)).average_price == Decimal("100.333333333333")


async def test_a_fill_heard_twice_counts_once(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    fill = a_fill(order, "0.5")
    await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(fill,))

    await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(fill, a_fill(order, "0.25")))

    assert (await house.load(order.id)).filled_quantity == Decimal("0.75")
    assert len(await house.store.queries.fills(trader.user, Filter(), Span())) == 2


async def test_a_fills_symbol_is_the_orders(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    await house.settle(
        order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "0.5", symbol="BTC_USDT"),)
    )

    [fill] = await house.store.queries.fills(trader.user, Filter(), Span())
    assert fill.symbol == "BTCUSDT"


async def test_enough_fills_make_an_order_filled(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    settled = await house.settle(
        order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "1"), a_fill(order, "0.5"))
    )

    assert settled.state is OrderState.FILLED


async def test_an_accepted_order_with_fills_is_partially_filled(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.PARTIALLY_FILLED, filled_quantity=Decimal(1))

    settled = await house.settle(order, OrderState.ACCEPTED, filled_quantity=Decimal(0))

    assert (settled.state, settled.has_changed) == (OrderState.PARTIALLY_FILLED, False)


async def test_a_send_that_never_happened_is_queued_as_it_was_asked_for(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(
        trader, asked={"side": None, "quantity": None}, side=Side.SELL, reduce_only=True
    )

    settled = await house.settle(order, OrderState.QUEUED)

    assert settled.state is OrderState.QUEUED
    kept = await house.load(order.id)
    assert (kept.side, kept.reduce_only, kept.frozen_quantity) == (None, False, None)
    assert (kept.epoch, kept.send_by, kept.attempts) == (None, None, 1)


async def test_a_send_that_never_happened_may_be_claimed_again(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.QUEUED)

    await house.store.orders.claim(house.claim(trader, order))

    kept = await house.load(order.id)
    assert (kept.state, kept.attempts) == (OrderState.SENDING, 2)


async def test_an_order_is_tried_four_times_and_then_rejected(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    states: list[OrderState] = []

    for _ in range(4):
        await house.store.orders.claim(house.claim(trader, order))
        states.append((await house.settle(order, OrderState.QUEUED)).state)

    assert states == [*[OrderState.QUEUED] * 3, OrderState.REJECTED]
    assert (await house.load(order.id)).error_code == "broker_unavailable"


async def test_an_unresolved_orders_settlement_is_a_resolution(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.UNKNOWN)

    await house.settle(order, OrderState.ACCEPTED)

    assert (await house.stages(order))[-1] == "resolved"
