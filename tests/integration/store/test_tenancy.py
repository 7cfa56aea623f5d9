"""What a role finds in the tables: the rows of whom its transaction is for, and otherwise none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.contract.store.conftest import postgres_house
from tests.integration.store import access
from tests.integration.store.lives import owner_in, rows_of, two_lives
from tests.servers.postgres import fresh_database
from tests.servers.roles import APP, CONTROL, OWNER, ROLES, WORKER, address_as
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from asyncpg.transaction import Transaction

    from tests.integration.store.lives import Life

    Connection = asyncpg.Connection[asyncpg.Record]

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

TABLES = sorted(access.TENANT)
DENIED = asyncpg.InsufficientPrivilegeError


class Two:
    """Two users, and connections of any role to the record that has their rows."""

    def __init__(self, dsn: str, me: Life, other: Life) -> None:
        self.me = me
        self.other = other
        self._dsn = dsn
        self._open: list[Connection] = []

    async def connect(self, role: str | None = None) -> Connection:
        address = self._dsn if role is None else address_as(self._dsn, role)
        connection = await asyncpg.connect(address)
        self._open.append(connection)
        return connection

    async def connect_for_me(self) -> tuple[Connection, Transaction]:
        """Be the edge, for the whole of a transaction that is for one user."""
        connection = await self.connect(APP)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "SELECT set_config('app.user_id', $1, true)", str(self.me.trader.user)
        )
        return connection, transaction

    async def close(self) -> None:
        for connection in self._open:
            await connection.close()


@pytest.fixture
async def two() -> AsyncGenerator[Two]:
    with fresh_database(template=migrated_template()) as dsn:
        async with postgres_house(dsn) as house:
            opened = Two(dsn, *await two_lives(house))
        yield opened
        await opened.close()


def readable(table: str) -> str | None:
    """Return the columns of a table that the edge may read, if any."""
    columns = access.TENANT[table][1].get("SELECT")
    return None if columns is None else columns.replace(" ", ", ")


async def is_denied(connection: Connection, statement: str, *arguments: object) -> bool:
    """Say whether a statement was refused for who asks; what was asked is taken back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement, *arguments)
    except DENIED:
        return True
    else:
        return False
    finally:
        await transaction.rollback()


async def test_both_users_have_rows_in_every_table(two: Two) -> None:
    connection = await two.connect()

    for life in (two.me, two.other):
        rows = await rows_of(connection, life)
        assert [table for table, found in rows.items() if not found] == []


async def test_the_edge_reads_the_rows_of_whom_its_transaction_is_for(two: Two) -> None:
    connection, _ = await two.connect_for_me()
    everything = await two.connect()
    for table in TABLES:
        columns = readable(table)
        if columns is None:
            assert await is_denied(connection, f"SELECT 1 FROM {table}"), table
            continue
        seen = await connection.fetch(f"SELECT {columns} FROM {table}")
        own = await everything.fetch(
            f"SELECT {columns} FROM {table} AS t WHERE {owner_in(table)} = $1",
            two.me.trader.user,
        )

        assert own, table
        assert sorted(map(repr, seen)) == sorted(map(repr, own)), table


async def test_without_a_user_the_edge_reads_nothing(two: Two) -> None:
    connection = await two.connect(APP)

    for table in TABLES:
        if (columns := readable(table)) is not None:
            assert await connection.fetch(f"SELECT {columns} FROM {table}") == [], table


async def test_the_user_is_forgotten_with_the_transaction(two: Two) -> None:
    connection, transaction = await two.connect_for_me()
    inside = await connection.fetchval("SELECT count(*) FROM orders")
    await transaction.commit()

    assert inside > 0
    for _ in range(1_000):
        assert await connection.fetchval("SELECT count(*) FROM orders") == 0


async def test_the_edge_changes_and_deletes_nothing_of_anothers(two: Two) -> None:
    connection, transaction = await two.connect_for_me()
    everything = await two.connect()
    before = await rows_of(everything, two.other)
    for table in TABLES:
        column, verbs = access.TENANT[table]
        for verb, statement in (
            ("UPDATE", f"UPDATE {table} SET {_some(verbs.get('UPDATE'), column)}"),
            ("DELETE", f"DELETE FROM {table}"),
        ):
            if verb not in verbs:
                assert await is_denied(connection, statement), (table, verb)
                continue
            # All rows that it can see, and it changes none but its own.
            async with connection.transaction():
                await connection.execute(statement)
    await transaction.commit()

    assert await rows_of(everything, two.other) == before


async def test_the_edge_writes_nothing_under_anothers_name(two: Two) -> None:
    connection, _ = await two.connect_for_me()

    for table in TABLES:
        column, verbs = access.TENANT[table]
        owner = two.other.trader.user
        statement = f"INSERT INTO {table} ({column}) VALUES ('{owner}')"
        assert await is_denied(connection, statement), table
        if "UPDATE" in verbs and verbs["UPDATE"] == "*":
            given_away = f"UPDATE {table} SET {column} = '{owner}'"
            assert await is_denied(connection, given_away), table


@pytest.mark.parametrize("role", [WORKER, CONTROL])
async def test_worker_and_control_plane_have_no_right_on_any_table(two: Two, role: str) -> None:
    connection = await two.connect(role)
    await connection.execute(
        "SELECT set_config('app.user_id', $1, false)", str(two.other.trader.user)
    )

    for view in access.VIEWS:
        assert await is_denied(connection, f"SELECT 1 FROM {view}"), view
    for table in (*TABLES, *access.NOBODYS):
        may_read = role == CONTROL and table in access.CHECKED
        assert await is_denied(connection, f"SELECT 1 FROM {table}") is not may_read, table
        assert await is_denied(connection, f"DELETE FROM {table}"), table
        assert await is_denied(connection, f"INSERT INTO {table} DEFAULT VALUES"), table
        assert await is_denied(connection, f"TRUNCATE {table}"), table


@pytest.mark.parametrize("role", [APP, WORKER, CONTROL])
async def test_nobody_becomes_anybody_else(two: Two, role: str) -> None:
    connection = await two.connect(role)

    for other in {*ROLES, "postgres"} - {role}:
        assert await is_denied(connection, f"SET ROLE {other}"), other
    assert await is_denied(connection, "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY")
    assert await is_denied(connection, "CREATE TABLE mine ()")


async def test_the_owner_is_bound_by_policies_too(two: Two) -> None:
    superuser, connection = await two.connect(), await two.connect(OWNER)
    await superuser.execute("DROP POLICY doors ON sessions")

    assert await connection.fetch("SELECT * FROM sessions") == []
    assert await connection.execute("DELETE FROM sessions") == "DELETE 0"


@pytest.mark.parametrize("table", sorted(access.APPEND_ONLY))
async def test_even_the_owner_cannot_change_what_is_append_only(two: Two, table: str) -> None:
    superuser, connection = await two.connect(), await two.connect(OWNER)
    await superuser.execute(f"GRANT ALL ON {table} TO {OWNER}")
    await superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    assert await connection.execute(f"UPDATE {table} SET actor = 'nobody'") == "UPDATE 0"
    assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"


def _some(columns: str | None, otherwise: str) -> str:
    """Return an assignment that changes a row without changing it."""
    column = otherwise if columns in {None, "*"} else (columns or otherwise).split()[0]
    return f"{column} = {column}" if column != "key_version" else "key_version = 7"
