"""Bringing a database up to date."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import pytest

from handlers.errors import MigrationError
from handlers.store.open import migrate
from handlers.store.postgres.migrator import migrate as migrate_with
from handlers.store.postgres.migrator import read_migrations

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def applied(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("SELECT name FROM schema_migrations ORDER BY number")
    finally:
        await connection.close()
    return [row["name"] for row in rows]


async def test_an_empty_database_gets_everything(postgres_dsn: str) -> None:
    names: Sequence[str] = [migration.name for migration in read_migrations()]

    assert await migrate(postgres_dsn) == names
    assert await applied(postgres_dsn) == names


async def test_what_is_up_to_date_is_left_alone(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)

    assert await migrate(postgres_dsn) == []


async def test_several_at_once_do_it_once(postgres_dsn: str) -> None:
    done = await asyncio.gather(*(migrate(postgres_dsn) for _ in range(4)))

    assert sorted(map(len, done)) == [0, 0, 0, len(read_migrations())]


async def test_only_what_is_missing_is_applied(postgres_dsn: str) -> None:
    every = read_migrations()
    await migrate_with(postgres_dsn, every[:3])

    assert await migrate(postgres_dsn) == [migration.name for migration in every[3:]]


async def test_an_edited_migration_is_refused_by_name(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)
    first, *others = read_migrations()
    edited = [msgspec.structs.replace(first, text=first.text + "\n-- oops"), *others]

    with pytest.raises(MigrationError, match="0001_people was edited"):
        await migrate_with(postgres_dsn, edited)


async def test_a_database_newer_than_the_files_is_refused(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)

    with pytest.raises(MigrationError, match="does not know"):
        await migrate_with(postgres_dsn, read_migrations()[:-1])


async def test_a_migration_squeezed_in_between_is_refused(postgres_dsn: str) -> None:
    first, second, *others = read_migrations()
    await migrate_with(postgres_dsn, [first, *others][:1])
    later = msgspec.structs.replace(others[0], text="SELECT 1")
    await migrate_with(postgres_dsn, [first, later])

    with pytest.raises(MigrationError, match="added before others"):
        await migrate_with(postgres_dsn, [first, second, later])


async def test_a_migration_that_fails_leaves_nothing_behind(postgres_dsn: str) -> None:
    first, second, *_ = read_migrations()
    broken = msgspec.structs.replace(second, text="CREATE TABLE half (); SELECT nonsense")

    with pytest.raises(asyncpg.PostgresError):
        await migrate_with(postgres_dsn, [first, broken])

    connection = await asyncpg.connect(postgres_dsn)
    try:
        assert await connection.fetchval("SELECT to_regclass('users')") is None
    finally:
        await connection.close()
