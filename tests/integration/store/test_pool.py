"""Connections are lent on at once where all is in order, and never where it is not."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import asyncpg
import pytest

from handlers.store.postgres.connections import Database, open_pool
from handlers.store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from handlers.store.postgres.pool import Pool

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_WHO = "SELECT pg_backend_pid()"
_SLEEP = "SELECT pg_sleep(60)"


@asynccontextmanager
async def a_pool(dsn: str, *, size: int = 1) -> AsyncGenerator[Pool]:
    pool = await open_pool(StoreSettings(database_url=dsn, pool_size=size))
    try:
        yield pool
    finally:
        pool.terminate()


async def test_lending_on_takes_no_turn_of_the_loop(postgres_dsn: str) -> None:
    async with a_pool(postgres_dsn) as pool:
        await pool.release(await pool.acquire())
        turns: list[None] = []
        asyncio.get_running_loop().call_soon(turns.append, None)

        await pool.release(await pool.acquire(timeout=1.0))

        assert turns == []
        assert (pool.get_size(), pool.get_idle_size()) == (1, 1)


async def test_who_waits_gets_what_comes_back(postgres_dsn: str) -> None:
    async with a_pool(postgres_dsn) as pool:
        database = Database(pool, deadline_s=5)
        backends: set[int] = set()

        async def ask() -> None:
            for _ in range(10):
                backends.add(await database.value(_WHO))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(ask)

        assert len(backends) == 1


async def test_waiting_ends_in_time_and_takes_nothing_with_it(postgres_dsn: str) -> None:
    async with a_pool(postgres_dsn) as pool:
        lent = await pool.acquire()
        with pytest.raises(TimeoutError):
            await pool.acquire(timeout=0.1)

        await pool.release(lent)

        assert await Database(pool, deadline_s=1).value(_WHO)


async def test_lost_one_is_made_anew(postgres_dsn: str) -> None:
    onlooker = await asyncpg.connect(postgres_dsn)
    async with a_pool(postgres_dsn) as pool:
        database = Database(pool, deadline_s=5)
        lost = await database.value(_WHO)
        await onlooker.execute("SELECT pg_terminate_backend($1, 5000)", lost)
        await onlooker.close()
        await anyio.wait_all_tasks_blocked()

        assert await database.value(_WHO) != lost


async def test_transaction_left_open_goes_no_further(postgres_dsn: str) -> None:
    async with a_pool(postgres_dsn) as pool:
        first = await pool.acquire()
        await first.execute("BEGIN")
        await pool.release(first)

        second = await pool.acquire()

        assert not second.is_in_transaction()


async def test_cancelled_statement_is_in_nobodys_way(postgres_dsn: str) -> None:
    async with a_pool(postgres_dsn) as pool:
        database = Database(pool, deadline_s=1)
        before = await database.value(_WHO)
        with anyio.move_on_after(0.1):
            await database.value(_SLEEP)

        assert await database.value(_WHO) != before


async def test_refused_statement_costs_no_connection(postgres_dsn: str) -> None:
    async with a_pool(postgres_dsn) as pool:
        connection = await pool.acquire()
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute("SELECT 1 / 0")
        before = await connection.fetchval(_WHO)
        await pool.release(connection)

        assert await Database(pool, deadline_s=1).value(_WHO) == before
