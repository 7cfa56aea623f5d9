"""The ledger at connections that it shares: what it leaves unanswered is in nobody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.paper.ledger import Ledger
from broker_adapters.paper.venue import NeverAskedError
from bus.ids import uuid7
from bus.values import UserId
from handlers.store.postgres.connections import Database, open_pool
from handlers.store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import asyncpg

    from handlers.store.postgres.pool import Pool

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_WHO = "SELECT pg_backend_pid()"


@pytest.fixture
async def pool(ledger_dsn: str) -> AsyncGenerator[Pool]:
    """One connection, as the record shares it."""
    opened = await open_pool(StoreSettings(database_url=ledger_dsn, pool_size=1))
    yield opened
    opened.terminate()


async def test_cancelled_question_is_in_nobodys_way(
    pool: Pool, someone_else: asyncpg.Connection
) -> None:
    ledger, database, owner = Ledger(pool), Database(pool, deadline_s=1), UserId(uuid7())
    await ledger.open_market(owner)
    before = await database.value(_WHO)

    async with someone_else.transaction():
        await someone_else.execute("SELECT FROM paper.markets FOR UPDATE")
        with anyio.move_on_after(0.1):
            async with ledger.alone(owner):
                raise AssertionError
        after = await database.value(_WHO)

    assert after != before


async def test_refused_question_costs_no_connection(pool: Pool) -> None:
    database = Database(pool, deadline_s=1)
    before = await database.value(_WHO)

    with pytest.raises(NeverAskedError):
        async with Ledger(pool).alone(UserId(uuid7())):
            raise NeverAskedError

    assert await database.value(_WHO) == before
