"""Orders by when they were recorded, and by the ids they are known by."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from bus.values import OrderState
from handlers.records.views import Filter, Sought, Span

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

NO_VENUE_S = ("", "")


def by(order_ids: Any = None, signal_ids: Any = None, venue_ids: Any = NO_VENUE_S) -> Sought:
    return Sought(order_ids=order_ids, signal_ids=signal_ids, venue_ids=venue_ids)


async def found(house: House, trader: Trader, **asked: Any) -> list[UUID]:
    rows = await house.store.queries.orders(trader.user, Filter(**asked), Span())
    return [shown.order.id for shown in rows]


async def at_venue(house: House, trader: Trader, broker_order_id: str) -> Order:
    order = await house.sending(trader)
    await house.settle(order, OrderState.FILLED, broker_order_id=broker_order_id)
    return order


async def test_from_a_time_on_and_before_another(house: House) -> None:
    trader = await house.trader()
    orders = [await house.queued(trader)]
    for _ in range(2):
        await house.later(1)
        orders.append(await house.queued(trader))
    _, second, third = [(await house.load(order.id)).created_at for order in orders]

    assert await found(house, trader, since=second) == [orders[2].id, orders[1].id]
    assert await found(house, trader, until=second) == [orders[0].id]
    assert await found(house, trader, since=second, until=third) == [orders[1].id]


async def test_by_an_order_s_and_an_alert_s_id(house: House) -> None:
    trader = await house.trader()
    one, two = await house.queued(trader), await house.queued(trader)
    last = UUID(int=2**128 - 1)

    assert await found(house, trader, sought=by((one.id, one.id))) == [one.id]
    assert await found(house, trader, sought=by((one.id, last))) == [two.id, one.id]
    assert await found(house, trader, sought=by(None, (two.signal_id, two.signal_id))) == [two.id]


async def test_by_the_venue_s_id_and_its_beginning(house: House) -> None:
    trader = await house.trader()
    one = await at_venue(house, trader, "ABCDEFGH-1")
    two = await at_venue(house, trader, "ABCDEFGH-2")
    await at_venue(house, trader, "abcdefgh-1")

    assert await found(house, trader, sought=by(venue_ids=("ABCDEFGH-1", "ABCDEFGH-1 "))) == [
        one.id
    ]
    assert await found(house, trader, sought=by(venue_ids=("ABCDEFGH", "ABCDEFGI"))) == [
        two.id,
        one.id,
    ]


async def test_by_each_of_the_ids_of_one_that_is_two_orders_at_its_venue(house: House) -> None:
    trader = await house.trader()
    order = await at_venue(house, trader, "ABCDEFGH+IJKLMNOP")
    await at_venue(house, trader, "QRSTUVWX")

    for first in ("ABCDEFGH", "IJKLMNOP", "ABCDEFGH+IJKLMNOP"):
        assert await found(house, trader, sought=by(venue_ids=(first, f"{first} "))) == [order.id]
    assert await found(house, trader, sought=by(venue_ids=("IJKLMN", "IJKLMO"))) == [order.id]
    assert await found(house, trader, sought=by(venue_ids=("GH", "GI"))) == []


async def test_one_that_several_of_its_ids_mean_is_found_once(house: House) -> None:
    trader = await house.trader()
    order = await at_venue(house, trader, "ABCDEFGH-1")
    ids = (order.id, order.id)

    sought = by(ids, (order.signal_id, order.signal_id), ("ABCDEFGH", "ABCDEFGI"))

    assert await found(house, trader, sought=sought) == [order.id]


async def test_among_what_all_else_narrows_it_to(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    sought = by((order.id, order.id))
    later = order.created_at + timedelta(microseconds=1)

    assert await found(house, trader, sought=sought, state="queued", symbol="BTCUSDT") == [order.id]
    assert await found(house, trader, sought=sought, state="filled") == []
    assert await found(house, trader, sought=sought, symbol="ETHUSDT") == []
    assert await found(house, trader, sought=sought, since=later) == []


async def test_never_another_users(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = await at_venue(house, other, "ABCDEFGH-1")
    ids = (order.id, order.id)

    sought = by(ids, (order.signal_id, order.signal_id), ("ABCDEFGH", "ABCDEFGI"))

    assert await found(house, trader, sought=sought) == []


async def test_page_after_page(house: House) -> None:
    trader = await house.trader()
    orders = [await house.queued(trader) for _ in range(5)]
    where = Filter(since=orders[0].created_at, sought=by((orders[0].id, UUID(int=2**128 - 1))))
    seen: list[UUID] = []
    before = None
    while True:
        rows = await house.store.queries.orders(trader.user, where, Span(limit=2, before=before))
        if not rows:
            break
        seen += [shown.order.id for shown in rows]
        before = (rows[-1].order.created_at, str(rows[-1].order.id))

    assert seen == [order.id for order in reversed(orders)]
