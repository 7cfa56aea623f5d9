"""What a settlement promises: it is safe to repeat, and what is filled never falls."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState, Side
from handlers.errors import NotFoundError
from handlers.order_records import Mark
from handlers.views import Filter, Span
from telemetry.stages import Stage
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.order_records import Settlement
    from handlers.views import OrderEvent
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

    await house.settle(order, OrderState.ACCEPTED, evidence={"report": {"x": "1"}}, actor="me")

    event = (await timeline(house, trader, order.id))[-1]
    assert (event.stage, event.actor) == (Stage.SETTLED, "me")
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


async def test_a_repeated_settlement_changes_nothing(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    mark = Mark(stage=Stage.SENT, at=house.clock.now())
    said = house.settlement(
        order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "0.5"),), marks=(mark,)
    )
    await house.store.orders.settle(said)
    before = await house.store.queries.order(trader.user, order.id)

    again = await house.store.orders.settle(said)

    assert (again.state, again.has_changed) == (OrderState.PARTIALLY_FILLED, False)
    assert await house.store.queries.order(trader.user, order.id) == before


async def test_marks_that_come_after_the_venues_own_word_are_kept(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.ACCEPTED)
    mark = Mark(stage=Stage.ANSWERED, at=house.clock.now() - timedelta(seconds=1))

    settled = await house.settle(order, OrderState.ACCEPTED, marks=(mark,))

    assert not settled.has_changed
    assert (await house.stages(order))[-1] == "answered"


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


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REJECTED])
async def test_a_late_fill_is_taken_by_an_order_that_ended(house: House, state: OrderState) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)

    settled = await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "0.5"),))

    assert (settled.state, settled.has_changed) == (state, True)
    assert (await house.load(order.id)).filled_quantity == Decimal("0.5")


async def test_an_order_thought_cancelled_that_filled_is_filled(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.CANCELLED)

    settled = await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "1.5"),))

    assert settled.state is OrderState.FILLED


async def test_a_fill_after_the_order_was_filled_is_recorded(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.FILLED)

    settled = await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(a_fill(order, "1.5"),))

    assert (settled.state, settled.has_changed) == (OrderState.FILLED, True)
    assert len(await house.store.queries.fills(trader.user, Filter(), Span())) == 1


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


@pytest.mark.parametrize("state", [OrderState.QUEUED, OrderState.UNKNOWN])
async def test_another_epoch_neither_queues_again_nor_makes_unknown(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    settled = await house.settle(order, state, epoch=trader.lease.epoch + 1)

    assert (settled.state, settled.has_changed) == (OrderState.SENDING, False)
    event = (await timeline(house, trader, order.id))[-1]
    assert event.evidence["said"] == state


async def test_what_is_not_allowed_is_written_down_with_its_evidence(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.FILLED)
    before = await house.load(order.id)

    settled = await house.settle(order, OrderState.CANCELLED, evidence={"why": "late"})

    assert not settled.has_changed
    assert await house.load(order.id) == before
    event = (await timeline(house, trader, order.id))[-1]
    assert event.evidence == {"why": "late", "said": "cancelled"}
    assert (event.from_state, event.to_state) == (OrderState.FILLED, OrderState.FILLED)


async def test_an_order_never_sent_takes_no_fill(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    settled = await house.settle(order, OrderState.FILLED, fills=(a_fill(order, "1.5"),))

    assert (settled.state, settled.has_changed) == (OrderState.QUEUED, False)
    assert await house.store.queries.fills(trader.user, Filter(), Span()) == []


async def test_an_order_thought_unsent_that_the_venue_knows_is_not_sent_again(
    house: House,
) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.QUEUED)

    settled = await house.settle(order, OrderState.ACCEPTED, broker_order_id="venue-1")

    assert settled.state is OrderState.ACCEPTED


async def test_an_unresolved_orders_settlement_is_a_resolution(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.UNKNOWN)

    await house.settle(order, OrderState.ACCEPTED)

    assert (await house.stages(order))[-1] == "resolved"


async def test_a_later_discovery_wins_over_not_placed(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.NOT_PLACED)

    settled = await house.settle(order, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    assert settled.state is OrderState.FILLED


async def test_an_order_nobody_has_is_not_found(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    said: Settlement = house.settlement(order, OrderState.ACCEPTED)

    with pytest.raises(NotFoundError):
        await house.store.orders.settle(msgspec.structs.replace(said, order_id=OrderId(uuid7())))
