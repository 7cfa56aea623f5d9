"""The roles that the record's rights are written for, and whose its tables are.

Roles belong to the whole server, so no numbered migration makes them: they are looked for each
time, and a database that was copied to another server gets them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from handlers.errors import MigrationError

if TYPE_CHECKING:
    from handlers.store.postgres.connections import DriverConnection

OWNER = "fourpass_owner"
APP = "fourpass_app"
WORKER = "fourpass_worker"
CONTROL = "fourpass_control"
ROLES = (OWNER, APP, WORKER, CONTROL)

# Two databases of one server may be migrated at the same time.
_MAKE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_JOIN = """
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'fourpass_owner', 'SET') THEN
        EXECUTE format('GRANT fourpass_owner TO %I', current_user);
    END IF;
END $$
"""
# Two who grant at once hit the same row of the catalogue: one of them would fail.
_PLACE = """
DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(x'3470617373000002'::bigint);
    IF NOT has_database_privilege('fourpass_owner', current_database(), 'CREATE') THEN
        EXECUTE format('GRANT CREATE ON DATABASE %I TO fourpass_owner', current_database());
    END IF;
    IF NOT has_schema_privilege('fourpass_owner', 'public', 'CREATE') THEN
        GRANT CREATE ON SCHEMA public TO fourpass_owner;
    END IF;
END $$
"""
# What an earlier version made belongs to whoever migrated then; extensions' things stay theirs.
_HAND_OVER = """
DO $$
DECLARE
    v_sql text;
BEGIN
    FOR v_sql IN
        SELECT format('ALTER SCHEMA %I OWNER TO fourpass_owner', n.nspname)
        FROM pg_namespace AS n
        WHERE n.nspname = 'paper' AND n.nspowner = current_user::regrole
        UNION ALL
        SELECT format(
            'ALTER %s %s OWNER TO fourpass_owner',
            CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.oid::regclass
        )
        FROM pg_class AS c
        WHERE
            c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'paper'))
            AND c.relkind IN ('r', 'v') AND c.relowner = current_user::regrole
            AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
        UNION ALL
        SELECT format('ALTER FUNCTION %s OWNER TO fourpass_owner', p.oid::regprocedure)
        FROM pg_proc AS p
        WHERE
            p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'paper'))
            AND p.proowner = current_user::regrole
            AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE v_sql;
    END LOOP;
END $$
"""
_IS_ADOPTED = """
SELECT to_regclass('public.schema_migrations') IS NULL OR EXISTS (
    SELECT 1 FROM pg_class
    WHERE oid = to_regclass('public.schema_migrations') AND relowner = 'fourpass_owner'::regrole
)
"""
_ACT = "SET LOCAL ROLE fourpass_owner"


async def ensure_roles(connection: DriverConnection) -> None:
    """Make the roles that are missing, without a way to log in, and become one of the owners.

    Raises:
        MigrationError: The login may not make them; it says what an administrator runs instead.
    """
    try:
        for role in ROLES:
            await connection.execute(_MAKE.format(role=role))
        await connection.execute(_JOIN)
        await connection.execute(_PLACE)
    except asyncpg.InsufficientPrivilegeError as error:
        made = " ".join(f"CREATE ROLE {role};" for role in ROLES)
        msg = (
            f"the login may not make the roles it needs ({error}); let an administrator run: {made}"
            f" GRANT {OWNER} TO the login; GRANT CREATE ON DATABASE and ON SCHEMA public TO {OWNER}"
        )
        raise MigrationError(msg) from error


async def act_as_owner(connection: DriverConnection) -> None:
    """Be the owner until the transaction ends, after handing over what an earlier version made."""
    if not await connection.fetchval(_IS_ADOPTED):
        await connection.execute(_HAND_OVER)
    await connection.execute(_ACT)
