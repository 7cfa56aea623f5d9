"""A cancel that comes while its order is being recorded: it finds the order all the same."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bus.values import OrderState
from handlers.records.alerts import NewCancel, Recorded
from tests.contract.store.conftest import postgres_house

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from handlers.records.alerts import NewSignal
    from handlers.store.base import Store
    from tests.contract.store.house import House, Trader

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def a_cancel(house: House, trader: Trader, symbol: str | None = None) -> NewSignal:
    return house.signal(trader, cancels=(NewCancel(account_id=trader.account.id, symbol=symbol),))


async def states(house: House, *signals: NewSignal) -> list[OrderState]:
    return [(await house.load(signal.orders[0].id)).state for signal in signals]


class Brake:
    """Holds an account's counter, so that whoever records an order for it stands still."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], dsn: str) -> None:
        self._connection = connection
        self._dsn = dsn

    async def until_waiting(self, count: int) -> None:
        """Return when so many transactions wait for a lock."""
        watcher = await asyncpg.connect(self._dsn)
        try:
            while await watcher.fetchval(_WAITING) < count:
                continue
        finally:
            await watcher.close()


@asynccontextmanager
async def braked(dsn: str, trader: Trader) -> AsyncGenerator[Brake]:
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT 1 FROM account_counters WHERE account_id = $1 FOR UPDATE",
                trader.account.id,
            )
            yield Brake(connection, dsn)
    finally:
        await connection.close()


async def record_behind(
    house: House, dsn: str, trader: Trader, first: NewSignal, *rest: tuple[Store, NewSignal]
) -> list[object]:
    """Record one alert that stands still until the others have come; return all answers."""
    async with asyncio.TaskGroup() as tasks, braked(dsn, trader) as brake:
        made = [tasks.create_task(house.store.signals.record(first))]
        await brake.until_waiting(1)
        for store, signal in rest:
            made.append(tasks.create_task(store.signals.record(signal)))
            await asyncio.sleep(0)
        others = any(store is not house.store for store, _ in rest)
        await brake.until_waiting(2 if others else 1)
    return [task.result() for task in made]


async def test_a_cancel_in_the_same_batch_finds_the_order_before_it(house: House) -> None:
    trader = await house.trader()
    order, cancel = house.signal(trader, house.order(trader)), a_cancel(house, trader)

    await asyncio.gather(*(house.store.signals.record(each) for each in (order, cancel)))

    assert await states(house, order) == [OrderState.CANCELLED]


async def test_a_cancel_in_the_same_batch_leaves_the_order_after_it(house: House) -> None:
    trader = await house.trader()
    before, after = (house.signal(trader, house.order(trader)) for _ in range(2))
    three = (before, a_cancel(house, trader), after)

    await asyncio.gather(*(house.store.signals.record(each) for each in three))

    assert await states(house, before, after) == [OrderState.CANCELLED, OrderState.QUEUED]


async def test_a_cancel_of_one_symbol_leaves_the_others_of_its_batch(house: House) -> None:
    trader = await house.trader()
    one, other = (
        house.signal(trader, house.order(trader, symbol=symbol)) for symbol in ("AAA", "BBB")
    )
    three = (one, other, a_cancel(house, trader, "AAA"))

    await asyncio.gather(*(house.store.signals.record(each) for each in three))

    assert await states(house, one, other) == [OrderState.CANCELLED, OrderState.QUEUED]


async def test_a_cancel_of_another_trader_reaches_nothing_of_its_batch(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = house.signal(trader, house.order(trader))

    await asyncio.gather(
        house.store.signals.record(order), house.store.signals.record(a_cancel(house, other))
    )

    assert await states(house, order) == [OrderState.QUEUED]


async def test_a_cancel_waits_for_an_order_that_this_process_is_recording(
    house: House, dsn: str
) -> None:
    trader = await house.trader()
    order, later = (house.signal(trader, house.order(trader)) for _ in range(2))
    cancel = a_cancel(house, trader)

    answers = await record_behind(
        house, dsn, trader, order, (house.store, cancel), (house.store, later)
    )

    assert all(isinstance(answer, Recorded) for answer in answers)
    assert await states(house, order, later) == [OrderState.CANCELLED, OrderState.QUEUED]


async def test_a_cancel_finds_an_order_that_another_process_is_recording(
    house: House, dsn: str
) -> None:
    trader = await house.trader()
    order = house.signal(trader, house.order(trader))
    async with postgres_house(dsn) as other:
        await record_behind(house, dsn, trader, order, (other.store, a_cancel(house, trader)))

    assert await states(house, order) == [OrderState.CANCELLED]


async def test_orders_cancels_and_claims_of_two_processes_end_without_a_deadlock(
    house: House, dsn: str
) -> None:
    trader = await house.trader()
    orders = [house.signal(trader, house.order(trader)) for _ in range(60)]

    async def claim(signal: NewSignal) -> None:
        await house.store.signals.record(signal)
        order = await house.load(signal.orders[0].id)
        await house.store.orders.claim(house.claim(trader, order))

    async with postgres_house(dsn) as other, asyncio.TaskGroup() as tasks:
        for signal in orders:
            tasks.create_task(claim(signal))
            tasks.create_task(other.store.signals.record(a_cancel(house, trader)))
    await house.store.signals.record(a_cancel(house, trader))

    assert OrderState.QUEUED not in await states(house, *orders)
