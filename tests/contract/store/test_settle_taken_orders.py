"""An order at the venue belongs to one of ours: a look-up that shows another's is not believed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState
from handlers.records.views import Filter, Span
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

S = OrderState
VENUES_ID = "of the first"


async def placed(
    house: House,
    trader: Trader,
    state: OrderState = S.CANCELLED,
    *,
    broker_order_id: str = VENUES_ID,
) -> Order:
    """Return an order that has its id at the venue."""
    order = await house.sending(trader)
    await house.settle(order, state, broker_order_id=broker_order_id)
    return order


@pytest.mark.parametrize("first", [S.ACCEPTED, S.CANCELLED, S.EXPIRED])
@pytest.mark.parametrize("said", [S.ACCEPTED, S.CANCELLED, S.PARTIALLY_FILLED])
async def test_lost_order_is_not_taken_for_an_older_one_that_is_alike(
    house: House, first: OrderState, said: OrderState
) -> None:
    trader = await house.trader()
    older = await placed(house, trader, first)
    lost = await house.in_state(trader, S.UNKNOWN)
    fill = a_fill(lost, "1")

    settled = await house.settle(
        lost, said, broker_order_id=VENUES_ID, filled_quantity=Decimal(1), fills=(fill,)
    )

    kept = await house.load(lost.id)
    assert settled.state is S.NEEDS_REVIEW
    assert kept.error_code == "order_of_another"
    assert (kept.broker_order_id, kept.filled_quantity) == (None, 0)
    assert await house.store.queries.fills(trader.user, Filter(), Span()) == []
    detail = await house.store.queries.order(trader.user, lost.id)
    assert detail is not None
    assert detail.events[-1].evidence["order_of_another"] == str(older.id)


@pytest.mark.parametrize(("of_the_older", "found"), [("a+b", "a"), ("b", "a+b"), ("a+b", "b+c")])
async def test_lost_order_is_taken_for_no_part_of_an_older_one(
    house: House, of_the_older: str, found: str
) -> None:
    trader = await house.trader()
    older = await placed(house, trader, broker_order_id=of_the_older)
    lost = await house.in_state(trader, S.UNKNOWN)

    settled = await house.settle(lost, S.ACCEPTED, broker_order_id=found)

    detail = await house.store.queries.order(trader.user, lost.id)
    assert settled.state is S.NEEDS_REVIEW
    assert detail is not None
    assert detail.events[-1].evidence["order_of_another"] == str(older.id)


async def test_lost_order_is_not_taken_for_one_of_its_contract_s_other_name(house: House) -> None:
    trader = await house.trader()
    older = await house.sending(trader, asked={"symbol": "TXFL6"})
    await house.settle(older, S.CANCELLED, broker_order_id=VENUES_ID)
    lost = await house.sending(trader, asked={"symbol": "TXFR1"}, traded_as="TXFL6")
    await house.settle(lost, S.UNKNOWN)

    settled = await house.settle(lost, S.ACCEPTED, broker_order_id=VENUES_ID)

    assert settled.state is S.NEEDS_REVIEW


async def test_lost_order_that_is_found_after_all_is_its_own(house: House) -> None:
    trader = await house.trader()
    await placed(house, trader)
    lost = await house.in_state(trader, S.UNKNOWN)
    await house.settle(lost, S.ACCEPTED, broker_order_id=VENUES_ID)
    again = await house.settle(lost, S.ACCEPTED, broker_order_id=VENUES_ID)

    settled = await house.settle(lost, S.ACCEPTED, broker_order_id="its own")

    assert not again.has_changed
    assert settled.state is S.ACCEPTED
    assert (await house.load(lost.id)).broker_order_id == "its own"


async def test_another_account_s_order_may_have_the_same_id(house: House) -> None:
    trader = await house.trader()
    await placed(house, trader)
    lost = await house.in_state(await house.elsewhere(trader), S.UNKNOWN)

    settled = await house.settle(lost, S.ACCEPTED, broker_order_id=VENUES_ID)

    assert settled.state is S.ACCEPTED


async def test_another_market_s_order_may_have_the_same_id(house: House) -> None:
    trader = await house.trader()
    other = await house.sending(trader, asked={"symbol": "ETHUSDT"})
    await house.settle(other, S.CANCELLED, broker_order_id=VENUES_ID)
    lost = await house.in_state(trader, S.UNKNOWN)

    settled = await house.settle(lost, S.ACCEPTED, broker_order_id=VENUES_ID)

    assert settled.state is S.ACCEPTED
