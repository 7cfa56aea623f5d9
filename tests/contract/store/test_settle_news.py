"""Late, repeated and contradictory news of an order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.errors import NotFoundError
from handlers.records.orders import Mark
from handlers.records.views import Filter, Span
from telemetry.stages import Stage
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Settlement
    from handlers.records.views import OrderEvent
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def timeline(house: House, trader: Trader, order: OrderId) -> list[OrderEvent]:
    detail = await house.store.queries.order(trader.user, order)
    assert detail is not None
    return list(detail.events)


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
