"""Bringing the ledger's schema up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import asyncpg
import pytest

from broker_adapters.errors import LedgerMismatchError
from broker_adapters.paper.migrating import ledger_migrations
from broker_adapters.registry import migrate_paper_ledger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def connection(postgres_dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    opened = await asyncpg.connect(postgres_dsn)
    yield opened
    await opened.close()


async def test_migrating_twice_runs_every_file_once(connection: asyncpg.Connection) -> None:
    first = await migrate_paper_ledger(connection)
    second = await migrate_paper_ledger(connection)

    assert list(first) == [migration.name for migration in ledger_migrations()]
    assert second == ()


async def test_two_at_the_same_time_run_every_file_once(
    connection: asyncpg.Connection, postgres_dsn: str
) -> None:
    other = await asyncpg.connect(postgres_dsn)
    ran: list[str] = []

    async def migrate(where: asyncpg.Connection) -> None:
        ran.extend(await migrate_paper_ledger(where))

    async with anyio.create_task_group() as both:
        both.start_soon(migrate, connection)
        both.start_soon(migrate, other)
    await other.close()

    assert sorted(ran) == [migration.name for migration in ledger_migrations()]


@pytest.mark.parametrize("column", ["name", "checksum"])
async def test_file_that_was_changed_since_is_an_error(
    connection: asyncpg.Connection, column: str
) -> None:
    await migrate_paper_ledger(connection)
    await connection.execute(f"UPDATE paper.migrations SET {column} = 'x' WHERE name LIKE '0002%'")

    with pytest.raises(LedgerMismatchError):
        await migrate_paper_ledger(connection)


async def test_functions_are_all_that_a_role_with_usage_can_reach(
    connection: asyncpg.Connection,
) -> None:
    await migrate_paper_ledger(connection)
    await connection.execute("CREATE ROLE visitor; GRANT USAGE ON SCHEMA paper TO visitor")
    try:
        await connection.execute("SET ROLE visitor")
        owner = "00000000-0000-0000-0000-000000000001"
        told = await connection.fetchval("SELECT paper.open_market($1::uuid)", owner)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE paper.markets SET version = 9")
    finally:
        await connection.execute("RESET ROLE; DROP OWNED BY visitor; DROP ROLE visitor")

    assert told == "true"
