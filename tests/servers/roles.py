"""The record's roles on a test's server: each may log in, with the password of the superuser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.local.logins import APP, CONTROL, VARIABLES, WORKER

if TYPE_CHECKING:
    from tests.servers.postgres import PostgresServer

OWNER = "fourpass_owner"
ROLES = (OWNER, APP, WORKER, CONTROL)


def let_in(server: PostgresServer) -> None:
    """Make the roles, if nobody has, and let them log in, as an administrator does."""
    password = urlsplit(server.dsn()).password
    for role in ROLES:
        if not server.run_sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
            server.run_sql(f"CREATE ROLE {role}")
        server.run_sql(f"ALTER ROLE {role} LOGIN PASSWORD '{password}'")


def address_as(dsn: str, role: str) -> str:
    """Return the same database's address for another role."""
    return dsn.replace("//postgres:", f"//{role}:")


def logins_at(dsn: str) -> dict[str, str]:
    """Return by variable the address of each role's login."""
    return {variable: address_as(dsn, role) for role, variable in VARIABLES.items()}
