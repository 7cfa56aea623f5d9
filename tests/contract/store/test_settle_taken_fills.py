"""An execution belongs to one order: a report of another order that has it is not believed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState
from handlers.records.views import Filter, Span
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from broker_adapters.base import Fill
    from handlers.records.orders import Order
    from handlers.records.views import OrderEvent
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

S = OrderState


async def two_orders(house: House, state: OrderState) -> tuple[Trader, Fill, Order]:
    """Return an execution of one order, and another order of the account that is in this state."""
    trader = await house.trader()
    first = await house.sending(trader)
    fill = a_fill(first, "1")
    await house.settle(first, S.FILLED, filled_quantity=Decimal(1), fills=(fill,))
    return trader, fill, await house.in_state(trader, state)


async def told(house: House, trader: Trader, order: Order) -> list[OrderEvent]:
    """Return the events that tell of executions of other orders."""
    detail = await house.store.queries.order(trader.user, order.id)
    assert detail is not None
    return [each for each in detail.events if "fills_of_others" in each.evidence]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.SENDING, S.UNKNOWN),
        (S.ACCEPTED, S.NEEDS_REVIEW),
        (S.PARTIALLY_FILLED, S.NEEDS_REVIEW),
        (S.UNKNOWN, S.NEEDS_REVIEW),
    ],
)
async def test_an_order_that_shows_another_one_s_execution_is_in_doubt(
    house: House, before: OrderState, after: OrderState
) -> None:
    trader, fill, order = await two_orders(house, before)

    settled = await house.settle(
        order,
        S.FILLED,
        filled_quantity=Decimal(1),
        average_price=Decimal(100),
        broker_order_id="of the other",
        fills=(fill,),
    )

    kept = await house.load(order.id)
    assert (settled.state, settled.has_changed) == (after, True)
    assert kept.error_code == "fill_of_another_order"
    assert kept.broker_order_id == order.broker_order_id
    assert kept.filled_quantity == order.filled_quantity
    [event] = await told(house, trader, order)
    assert event.evidence["fills_of_others"] == [fill.fill_key]


async def test_its_own_executions_count_nevertheless(house: House) -> None:
    trader, fill, order = await two_orders(house, S.ACCEPTED)
    own = a_fill(order, "0.5")

    await house.settle(order, S.FILLED, filled_quantity=Decimal(1), fills=(fill, own))

    kept = await house.load(order.id)
    assert (kept.state, kept.filled_quantity) == (S.NEEDS_REVIEW, Decimal("0.5"))
    fills = await house.store.queries.fills(trader.user, Filter(), Span(limit=9))
    assert {each.order_id: each.quantity for each in fills} == {
        kept.id: Decimal("0.5"),
        next(each.order_id for each in fills if each.order_id != kept.id): Decimal(1),
    }


@pytest.mark.parametrize("state", [S.CANCELLED, S.FILLED, S.NEEDS_REVIEW])
async def test_where_its_state_stays_it_is_told_once(house: House, state: OrderState) -> None:
    trader, fill, order = await two_orders(house, state)

    for _ in range(2):
        settled = await house.settle(order, S.PARTIALLY_FILLED, fills=(fill,))
        assert settled.state is state

    assert len(await told(house, trader, order)) == 1


async def test_an_execution_that_is_heard_of_twice_is_no_other_one_s(house: House) -> None:
    trader, fill, _ = await two_orders(house, S.ACCEPTED)
    [kept] = await house.store.queries.fills(trader.user, Filter(), Span(limit=9))
    first = await house.load(kept.order_id)

    await house.settle(first, S.PARTIALLY_FILLED, fills=(fill,))

    assert (await house.load(first.id)).state is S.FILLED
    assert await told(house, trader, first) == []


async def test_another_account_may_have_an_execution_of_the_same_key(house: House) -> None:
    _, fill, _ = await two_orders(house, S.ACCEPTED)
    other = await house.trader()
    order = await house.sending(other)

    settled = await house.settle(order, S.FILLED, filled_quantity=Decimal(1), fills=(fill,))

    assert settled.state is S.FILLED
    assert await told(house, other, order) == []
