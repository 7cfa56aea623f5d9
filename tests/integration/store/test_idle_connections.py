"""Connections that nobody uses are given back to the server, and the one in use stays."""

from __future__ import annotations

import anyio
import asyncpg
import pytest

from handlers.store.postgres.connections import Database, open_pool
from handlers.store.settings import StoreSettings

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_COUNT = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fourpass'"
_WHO = "SELECT pg_backend_pid()"


async def test_of_two_connections_the_one_in_use_stays(postgres_dsn: str) -> None:
    pool = await open_pool(StoreSettings(database_url=postgres_dsn, pool_size=2, idle_s=0.3))
    onlooker = await asyncpg.connect(postgres_dsn)
    database = Database(pool, deadline_s=5)
    try:
        both = await pool.acquire(), await pool.acquire()
        assert await onlooker.fetchval(_COUNT) == 2
        for each in both:
            await pool.release(each)
        kept = await database.value(_WHO)

        with anyio.fail_after(5):
            while await onlooker.fetchval(_COUNT) > 1:
                await database.value(_WHO)

        assert await database.value(_WHO) == kept
    finally:
        await onlooker.close()
        pool.terminate()
