"""A day's comparison by a real worker process, by the rights of its role, with the paper ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import asyncpg
import pytest

from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import CompareAccount
from bus.values import OrderState
from tests.integration.worker_runtime.hosts import CLOCK
from tests.integration.worker_runtime.test_worker_process import a_worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.records.comparison import LatestComparison
    from tests.integration.worker_runtime.hosts import Trader, World

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

# The order stays as it is, so that nobody looks for it; its account is a day old.
_LOSE = """
DELETE FROM fills;
DELETE FROM traded_sums;
DELETE FROM fee_sums;
UPDATE accounts SET created_at = created_at - interval '26 hours';
"""


async def lose_fills(world: World) -> None:
    connection = await asyncpg.connect(world.environment["FOURPASS_DATABASE_URL"])
    try:
        await connection.execute(_LOSE)
    finally:
        await connection.close()


async def until(read: Callable[[], Awaitable[object]]) -> None:
    """Wait for what nobody announces."""
    with anyio.fail_after(10):
        while not await read():  # noqa: ASYNC110 - as said
            await anyio.sleep(0.02)


async def compared(world: World, trader: Trader) -> LatestComparison:
    """Have the account's comparison asked for, as maintenance does, and wait for it."""
    assert await world.store.comparisons.due(limit=9)
    message = CompareAccount(user_id=trader.user, account_id=trader.account)
    await world.bus.hints.hint(trader.user, seal(message, clock=CLOCK, dedup_id=uuid7().hex))

    async def found() -> object:
        return await world.store.comparisons.latest(trader.user)

    await until(found)
    [latest] = await world.store.comparisons.latest(trader.user)
    return latest


async def test_a_fill_that_got_lost_is_found_by_comparing(world: World) -> None:
    trader = await world.add_trader()
    with a_worker(world, trader):
        order = await world.alert(trader)
        await world.until(trader, order)

        async def positions() -> object:
            return await world.store.queries.positions(trader.user)

        await until(positions)
        await lose_fills(world)
        assert await positions() == []

        latest = await compared(world, trader)

        assert latest.failure is None
        assert latest.comparison is not None
        assert (latest.comparison.orders, latest.comparison.fills) == (1, 1)
        assert latest.comparison.differences == ()
        assert await positions() != []
        assert (await world.order(order)).state is OrderState.FILLED
        assert await world.orders_at_venue(trader.account) == 1
