"""Whose the record is, whoever migrates it, and however it was made."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg
import pytest

from broker_adapters.registry import migrate_paper_ledger
from handlers.errors import MigrationError
from handlers.store.open import migrate
from handlers.store.postgres.migrator import Migration, read_migrations
from infra.local.schema import bring_up_to_date
from tests.servers.postgres import PostgresServer, running_postgres, shared_postgres
from tests.servers.roles import OWNER, ROLES, WORKER, address_as, let_in

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_OTHERS = """
SELECT c.oid::regclass::text FROM pg_class AS c
INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'paper') AND c.relkind IN ('r', 'v')
    AND c.relowner <> 'fourpass_owner'::regrole
UNION ALL
SELECT p.oid::regprocedure::text FROM pg_proc AS p
INNER JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN ('public', 'paper') AND p.proowner <> 'fourpass_owner'::regrole
"""
_HISTORY = """
CREATE TABLE schema_migrations (
    number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that has never heard of the roles."""
    with running_postgres() as own:
        yield own


async def apply_as_before(dsn: str, migrations: list[Migration]) -> None:
    """Migrate as versions without roles did: everything belongs to the login."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(_HISTORY)
    for each in migrations:
        await connection.execute(each.text)
        await connection.execute(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
            each.number,
            each.name,
            each.checksum,
        )
    await migrate_paper_ledger(connection)
    await connection.execute(
        "INSERT INTO users (id, email, password_hash)"
        " VALUES (gen_random_uuid(), 'a@example.com', '-')"
    )
    await connection.execute(
        "INSERT INTO accounts (id, user_id, name, broker, mode, state)"
        " SELECT gen_random_uuid(), id, 'x', 'paper', 'paper', 'enabled' FROM users"
    )
    await connection.execute("INSERT INTO account_counters SELECT id, 7 FROM accounts")
    await connection.execute(
        "INSERT INTO strategies (id, user_id, name, state, mode, dedupe_window_s)"
        " SELECT gen_random_uuid(), id, 'x', 'active', 'paper', 60 FROM users"
    )
    await connection.execute(
        "INSERT INTO strategy_tokens (token_hash, strategy_id) SELECT 'x', id FROM strategies"
    )
    await connection.close()


def login(server: PostgresServer, options: str) -> str:
    """Make a login with a database of its own, and return its address there."""
    name, password = f"login_{secrets.token_hex(4)}", urlsplit(server.dsn()).password
    server.run_sql(f"CREATE ROLE {name} LOGIN PASSWORD '{password}' {options}")
    server.run_sql(f"CREATE DATABASE {name} OWNER {name}")
    return address_as(server.dsn(name), name)


async def test_a_database_of_an_earlier_version_is_handed_over(postgres_dsn: str) -> None:
    earlier = [each for each in read_migrations() if each.number < 100]
    await apply_as_before(postgres_dsn, earlier)

    await bring_up_to_date(postgres_dsn)

    connection = await asyncpg.connect(postgres_dsn)
    assert await connection.fetch(_OTHERS) == []
    owners = "SELECT user_id FROM {} WHERE user_id IN (SELECT id FROM users)"
    assert len(await connection.fetch(owners.format("account_counters"))) == 1
    assert len(await connection.fetch(owners.format("strategy_tokens"))) == 1
    await connection.close()
    assert await bring_up_to_date(postgres_dsn) == []


async def test_a_login_that_makes_roles_migrates_without_being_superuser(
    server: PostgresServer,
) -> None:
    address = login(server, "CREATEROLE")

    await bring_up_to_date(address)

    connection = await asyncpg.connect(address)
    assert await connection.fetch(_OTHERS) == []
    assert await bring_up_to_date(address) == []
    await connection.close()
    server.run_sql(f"DROP DATABASE {urlsplit(address).username}")
    for role in ROLES:
        server.run_sql(f"DROP ROLE {role}")


async def test_a_login_that_makes_no_roles_is_told_what_to_ask_for(
    server: PostgresServer,
) -> None:
    address = login(server, "")

    with pytest.raises(MigrationError, match="CREATE ROLE fourpass_owner") as refused:
        await migrate(address)
    let_in(server)
    server.run_sql(f"GRANT {OWNER} TO {urlsplit(address).username}")
    await bring_up_to_date(address)

    assert f"GRANT {OWNER}" in str(refused.value)
    connection = await asyncpg.connect(address)
    assert await connection.fetch(_OTHERS) == []
    await connection.close()


async def test_a_login_without_a_role_reaches_nothing(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)
    let_in(shared_postgres())
    stranger = urlsplit(login(shared_postgres(), "")).username
    connection = await asyncpg.connect(address_as(postgres_dsn, str(stranger)))

    for asked in ("SELECT 1 FROM orders", "SELECT has_users()", "SELECT take_lease(NULL, NULL)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(asked)
    await connection.close()


async def test_a_worker_has_its_doors_and_no_table(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)
    let_in(shared_postgres())
    connection = await asyncpg.connect(address_as(postgres_dsn, WORKER))

    assert await connection.fetch("SELECT * FROM own_open_orders(gen_random_uuid(), '{}')") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("SELECT 1 FROM orders")
    await connection.close()
