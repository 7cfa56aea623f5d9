"""The catalogue says what the one table of access says, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.integration.store import access
from tests.integration.worker_runtime.hosts import furnished_template
from tests.servers.postgres import fresh_database
from tests.servers.roles import APP, CONTROL, OWNER, ROLES, WORKER

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    Connection = asyncpg.Connection[asyncpg.Record]

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_RELATIONS = """
SELECT
    relname, relkind::text, relrowsecurity, relforcerowsecurity,
    pg_get_userbyid(relowner) AS owner,
    coalesce('security_invoker=true' = ANY (reloptions), false) AS is_invoker
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'f', 'p')
"""
_RIGHTS = """
SELECT c.relname, coalesce(r.rolname, 'PUBLIC') AS role, a.privilege_type AS verb, '*' AS columns
FROM pg_class AS c
CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a
LEFT JOIN pg_roles AS r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
UNION ALL
SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type,
    string_agg(t.attname, ' ' ORDER BY t.attname)
FROM pg_class AS c
INNER JOIN pg_attribute AS t ON t.attrelid = c.oid
CROSS JOIN LATERAL aclexplode(t.attacl) AS a
LEFT JOIN pg_roles AS r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace
GROUP BY c.relname, r.rolname, a.privilege_type
"""
_POLICIES = """
SELECT tablename, array_to_string(roles, ' ') AS role, cmd, qual, with_check
FROM pg_policies WHERE permissive = 'PERMISSIVE'
"""
_FUNCTIONS = """
SELECT
    p.proname AS name, p.prosecdef AS is_door, pg_get_userbyid(p.proowner) AS owner,
    coalesce(p.proconfig[1], '') AS path,
    ARRAY(
        SELECT coalesce(r.rolname, 'PUBLIC')
        FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        LEFT JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE a.grantee <> p.proowner
        ORDER BY 1
    ) AS callers
FROM pg_proc AS p WHERE p.pronamespace = $1::text::regnamespace
"""


@pytest.fixture
async def catalogue() -> AsyncGenerator[Connection]:
    with fresh_database(template=furnished_template()) as dsn:
        connection = await asyncpg.connect(dsn)
        yield connection
        await connection.close()


async def test_every_table_is_one_users_or_is_named_with_its_reason(catalogue: Connection) -> None:
    rows = await catalogue.fetch(_RELATIONS)
    tables = {row["relname"] for row in rows if row["relkind"] != "v"}
    views = {row["relname"] for row in rows if row["relkind"] == "v"}

    assert tables == access.TENANT.keys() | access.NOBODYS.keys()
    assert views == access.VIEWS
    assert {row["owner"] for row in rows} == {OWNER}
    assert all(row["is_invoker"] for row in rows if row["relkind"] == "v")


async def test_every_tenant_table_has_row_security_enabled_and_forced(
    catalogue: Connection,
) -> None:
    rows = await catalogue.fetch(_RELATIONS)
    secured = {
        row["relname"] for row in rows if row["relrowsecurity"] and row["relforcerowsecurity"]
    }

    assert secured == access.TENANT.keys() | access.NOBODYS.keys() - {"schema_migrations"}


async def test_what_says_whose_a_row_is_is_never_empty(catalogue: Connection) -> None:
    rows = await catalogue.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND is_nullable = 'NO'"
    )
    filled = {(row["table_name"], row["column_name"]) for row in rows}

    # A worker that waits in the pool has no user yet.
    wanted = {(table, column) for table, (column, _) in access.TENANT.items()}
    assert wanted - filled == {("workers", "user_id")}


async def test_every_role_has_the_rights_that_are_written_down(catalogue: Connection) -> None:
    granted = {tuple(row) for row in await catalogue.fetch(_RIGHTS)}

    assert granted == access.rights()


async def test_every_policy_is_as_it_is_written_down(catalogue: Connection) -> None:
    made = {tuple(row) for row in await catalogue.fetch(_POLICIES)}

    assert made == access.policies()


async def test_every_function_is_called_by_whom_it_is_written_down_for(
    catalogue: Connection,
) -> None:
    rows = await catalogue.fetch(_FUNCTIONS, "public")

    doors = {row["name"]: frozenset(row["callers"]) for row in rows if row["is_door"]}
    helpers = {row["name"]: frozenset(row["callers"]) for row in rows if not row["is_door"]}
    assert doors == access.DOORS
    assert helpers == access.HELPERS
    assert len(rows) == len(doors) + len(helpers)


async def test_every_door_is_the_owners_and_looks_nowhere_else(catalogue: Connection) -> None:
    rows = await catalogue.fetch(_FUNCTIONS, "public")

    assert {row["owner"] for row in rows} == {OWNER}
    paths = {row["path"] for row in rows if row["is_door"]}
    assert paths == {"search_path=pg_catalog, public, pg_temp"}


async def test_the_venue_is_spoken_to_by_its_functions_alone(catalogue: Connection) -> None:
    rows = await catalogue.fetch(_FUNCTIONS, "paper")
    others = await catalogue.fetch(
        "SELECT c.relname FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a"
        " WHERE c.relnamespace = 'paper'::regnamespace AND a.grantee <> c.relowner"
    )

    assert {frozenset(row["callers"]) for row in rows} == {access.VENUE_CALLERS}
    assert {row["path"] for row in rows if row["is_door"]} == {"search_path=pg_catalog, pg_temp"}
    assert others == []


async def test_no_role_is_more_than_its_rights(catalogue: Connection) -> None:
    rows = await catalogue.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)",
        list(ROLES),
    )
    become = await catalogue.fetch(
        "SELECT a.r, b.r FROM unnest($1::text[]) AS a (r), unnest($2::text[]) AS b (r)"
        " WHERE a.r <> b.r AND pg_has_role(a.r, b.r, 'MEMBER')",
        [APP, WORKER, CONTROL],
        list(ROLES),
    )

    assert (rows, become) == ([], [])


async def test_no_role_but_the_owner_makes_anything(catalogue: Connection) -> None:
    for role in (APP, WORKER, CONTROL):
        for schema in ("public", "paper"):
            assert not await catalogue.fetchval(
                "SELECT has_schema_privilege($1, $2, 'CREATE')", role, schema
            )
        assert not await catalogue.fetchval(
            "SELECT has_database_privilege($1, current_database(), 'CREATE')", role
        )


async def test_what_comes_later_is_granted_to_nobody(catalogue: Connection) -> None:
    await catalogue.execute(
        "SET ROLE fourpass_owner; CREATE TABLE later (); CREATE FUNCTION later() RETURNS int"
        " LANGUAGE sql AS 'SELECT 1'"
    )

    for role in (APP, WORKER, CONTROL):
        assert not await catalogue.fetchval(
            "SELECT has_table_privilege($1, 'later', 'SELECT')"
            " OR has_function_privilege($1, 'later()', 'EXECUTE')",
            role,
        )
