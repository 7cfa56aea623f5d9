"""What is read for people: lists, details, positions, the stream."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import anyio
import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState, Side
from handlers.records.alerts import SignalOutcome
from handlers.records.views import Filter, Span
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def trade(house: House, trader: Trader, side: Side, quantity: str, price: str) -> Order:
    """Record an order that fills at once."""
    order = await house.sending(trader, side=side, frozen_quantity=Decimal(quantity))
    fill = a_fill(order, quantity, price, side=side)
    await house.settle(order, OrderState.FILLED, fills=(fill,))
    return order


async def test_orders_are_listed_newest_first(house: House) -> None:
    trader = await house.trader()
    orders = [await house.queued(trader) for _ in range(3)]

    listed = await house.store.queries.orders(trader.user, Filter(), Span())

    assert [shown.order.id for shown in listed] == [order.id for order in reversed(orders)]


async def test_a_list_goes_on_where_the_last_page_ended(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader, *(house.order(trader) for _ in range(5)))
    await house.store.signals.record(signal)
    seen: list[OrderId] = []
    before = None

    while page := await house.store.queries.orders(
        trader.user, Filter(), Span(limit=2, before=before)
    ):
        seen += [shown.order.id for shown in page]
        last = page[-1].order
        before = (last.created_at, str(last.id))

    assert len(seen) == 5
    assert set(seen) == {order.id for order in signal.orders}


async def test_nobody_sees_anothers_orders(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = await house.queued(other)
    queries = house.store.queries

    assert await queries.orders(trader.user, Filter(), Span()) == []
    assert await queries.order(trader.user, order.id) is None
    assert await queries.signals(trader.user, Filter(), Span()) == []


async def test_nobody_sees_anothers_fills_or_positions(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    await trade(house, other, Side.BUY, "1", "100")
    queries = house.store.queries

    assert await queries.fills(trader.user, Filter(), Span()) == []
    assert await queries.positions(trader.user) == []
    assert await queries.stream_after(trader.user, 0, limit=10) == []


async def test_orders_are_narrowed_by_each_field(house: House) -> None:
    trader = await house.trader()
    wanted = await house.queued(trader, symbol="ETHUSDT")
    other_account = await house.account(trader.user)
    strategy, _ = await house.strategy(trader.user, other_account)
    other = house.order(trader, account_id=other_account.id, denied_code="x")
    await house.store.signals.record(house.signal(trader, other, strategy_id=strategy.id))
    filters = [
        Filter(account_id=wanted.account_id),
        Filter(strategy_id=wanted.strategy_id),
        Filter(symbol="ETHUSDT"),
        Filter(state="queued"),
        Filter(signal_id=wanted.signal_id),
        Filter(order_id=wanted.id),
    ]

    found = [
        [shown.order.id for shown in await house.store.queries.orders(trader.user, where, Span())]
        for where in filters
    ]

    assert found == [[wanted.id]] * 6


async def test_an_orders_detail_has_its_fills(house: House) -> None:
    trader = await house.trader()
    order = await trade(house, trader, Side.BUY, "1.50", "100.10")

    detail = await house.store.queries.order(trader.user, order.id)

    assert detail is not None
    assert detail.order == await house.load(order.id)
    [fill] = detail.fills
    assert (fill.order_id, fill.account_id) == (order.id, order.account_id)
    assert (str(fill.quantity), str(fill.price)) == ("1.50", "100.10")


async def test_an_orders_events_are_numbered_without_gaps(house: House) -> None:
    trader = await house.trader()
    order = await trade(house, trader, Side.BUY, "1", "100")

    detail = await house.store.queries.order(trader.user, order.id)

    assert detail is not None
    assert [event.n for event in detail.events] == list(range(1, len(detail.events) + 1))


async def test_alerts_are_listed_with_their_orders_newest_first(house: House) -> None:
    trader = await house.trader()
    asked = [house.order(trader), house.order(trader)]
    first = house.signal(trader, *asked, signal=b'{"ticker": "X"}')
    later = first.received_at + timedelta(seconds=1)
    second = house.signal(
        trader, received_at=later, outcome=SignalOutcome.REJECTED, code="max_position"
    )
    for signal in (first, second):
        await house.store.signals.record(signal)

    newest, oldest = await house.store.queries.signals(trader.user, Filter(), Span())

    assert (newest.id, newest.outcome, newest.code) == (second.id, "rejected", "max_position")
    assert (oldest.id, oldest.signal, oldest.body) == (first.id, {"ticker": "X"}, first.body)
    assert oldest.orders == tuple(order.id for order in asked)
    assert oldest.received_at == first.received_at


async def test_alerts_are_narrowed_by_each_field(house: House) -> None:
    trader = await house.trader()
    wanted = await house.queued(trader, symbol="ETHUSDT")
    other_account = await house.account(trader.user)
    strategy, _ = await house.strategy(trader.user, other_account)
    await house.store.signals.record(
        house.signal(trader, strategy_id=strategy.id, outcome=SignalOutcome.REJECTED)
    )
    filters = [
        Filter(account_id=wanted.account_id),
        Filter(strategy_id=wanted.strategy_id),
        Filter(symbol="ETHUSDT"),
        Filter(state="accepted"),
        Filter(signal_id=wanted.signal_id),
    ]

    found = [
        [signal.id for signal in await house.store.queries.signals(trader.user, where, Span())]
        for where in filters
    ]

    assert found == [[wanted.signal_id]] * 5


async def test_fills_are_listed_newest_first_and_narrowed(house: House) -> None:
    trader = await house.trader()
    orders = [await trade(house, trader, Side.BUY, "1", "100") for _ in range(2)]

    every = await house.store.queries.fills(trader.user, Filter(), Span())
    one = await house.store.queries.fills(
        trader.user, Filter(signal_id=orders[0].signal_id), Span()
    )

    assert [fill.order_id for fill in every] == [order.id for order in reversed(orders)]
    assert [fill.order_id for fill in one] == [orders[0].id]


async def test_a_position_is_the_sum_of_its_fills(house: House) -> None:
    trader = await house.trader()
    await trade(house, trader, Side.BUY, "2", "100")
    await trade(house, trader, Side.BUY, "2", "110")
    await trade(house, trader, Side.SELL, "1", "120")

    [position] = await house.store.queries.positions(trader.user)

    assert (position.account_id, position.symbol) == (trader.account.id, "BTCUSDT")
    assert (position.quantity, position.average_price) == (Decimal(3), Decimal(105))
    assert position.unrealised_pnl == Decimal(45)


async def test_a_position_that_was_flat_begins_anew(house: House) -> None:
    trader = await house.trader()
    await trade(house, trader, Side.BUY, "2", "100")
    await trade(house, trader, Side.SELL, "2", "90")
    await trade(house, trader, Side.SELL, "1", "80")

    [position] = await house.store.queries.positions(trader.user)

    assert (position.quantity, position.average_price) == (Decimal(-1), Decimal(80))


async def test_a_closed_position_is_flat(house: House) -> None:
    trader = await house.trader()
    await trade(house, trader, Side.SELL, "2", "100")
    await trade(house, trader, Side.BUY, "2", "90")

    [position] = await house.store.queries.positions(trader.user)

    assert (position.quantity, position.average_price, position.unrealised_pnl) == (0, None, None)


async def test_the_stream_has_every_entry_in_order(house: House) -> None:
    trader = await house.trader()
    desks = [await house.elsewhere(trader) for _ in range(6)]

    async with anyio.create_task_group() as group:
        for desk in desks:
            group.start_soon(trade, house, desk, Side.BUY, "1", "100")
            group.start_soon(house.store.signals.record, house.signal(trader))

    entries = await house.store.queries.stream_after(trader.user, 0, limit=1000)
    numbers = [entry.stream_n for entry in entries]
    assert numbers == sorted(set(numbers))
    kinds = [entry.kind for entry in entries]
    assert (kinds.count("fill"), kinds.count("signal")) == (6, 6)


async def test_the_stream_goes_on_after_any_entry(house: House) -> None:
    trader = await house.trader()
    await trade(house, trader, Side.BUY, "1", "100")
    await trade(house, trader, Side.SELL, "1", "100")
    entries = await house.store.queries.stream_after(trader.user, 0, limit=1000)

    rest = await house.store.queries.stream_after(trader.user, entries[1].stream_n, limit=2)

    assert rest == entries[2:4]
    assert len(rest) == 2


async def test_the_streams_position_is_between_what_was_and_what_comes(house: House) -> None:
    trader = await house.trader()
    await house.queued(trader)
    before = (await house.store.streams.position(trader.user)).now
    order = await house.queued(trader)

    old = await house.store.queries.stream_after(trader.user, 0, limit=100)
    new = await house.store.queries.stream_after(trader.user, before, limit=100)
    assert {entry.object_id for entry in new} == {order.id}
    assert old[-len(new) :] == new
    assert len(old) > len(new)
    after = (await house.store.streams.position(trader.user)).now
    assert await house.store.queries.stream_after(trader.user, after, limit=100) == []


async def test_a_fill_is_read_by_the_streams_id(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    await trade(house, trader, Side.BUY, "1", "100")
    entries = await house.store.queries.stream_after(trader.user, 0, limit=1000)
    [fill_id] = [entry.object_id for entry in entries if entry.kind == "fill"]

    found = await house.store.streams.fill(trader.user, fill_id)

    assert found is not None
    assert UUID(found.id) == fill_id
    assert await house.store.streams.fill(other.user, fill_id) is None
    assert await house.store.streams.fill(trader.user, uuid7()) is None


async def test_the_store_answers(house: House) -> None:
    await house.store.ping()
