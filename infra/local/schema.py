"""The whole schema of a database: the house's record and, beside it, the paper venue's ledger."""

from __future__ import annotations

import asyncpg

from broker_adapters.errors import LedgerMismatchError
from broker_adapters.registry import migrate_paper_ledger
from handlers.errors import MigrationError
from handlers.store.open import migrate
from infra.local.errors import LocalError, RefusedError
from infra.local.settings import DATABASE_VARIABLE

_CONNECT_SECONDS = 10.0
# The paper venue plays a broker: who serves a user or sets a price speaks to it, by its doors.
_LEDGER_RIGHTS = """
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paper FROM PUBLIC;
GRANT USAGE ON SCHEMA paper TO fourpass_app, fourpass_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA paper TO fourpass_app, fourpass_worker;
"""


async def bring_up_to_date(database_url: str) -> list[str]:
    """Apply what is missing and return its names, in order; doing it again applies nothing.

    Raises:
        LocalError: The database cannot be reached.
        RefusedError: It was made by other files than these; nothing was applied.
    """
    await _reach(database_url)
    try:
        return await _apply(database_url)
    except (MigrationError, LedgerMismatchError) as error:
        msg = f"the database does not fit this version: {error}"
        raise RefusedError(msg) from error


async def _reach(database_url: str) -> None:
    """Open and close one connection, so that a database that is away is told as just that."""
    try:
        connection = await asyncpg.connect(database_url, timeout=_CONNECT_SECONDS)
        await connection.close(timeout=_CONNECT_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        msg = f"the database of {DATABASE_VARIABLE} cannot be reached: {_why(error)}"
        raise LocalError(msg) from None


def _why(error: Exception) -> str:
    """Say what went wrong on one line, without a word of the URL: it holds the password."""
    if isinstance(error, TimeoutError):
        return f"no answer within {_CONNECT_SECONDS:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, OSError):
        return error.strerror or "no connection"
    if isinstance(error, asyncpg.PostgresError):
        return str(error).partition("\n")[0]
    return "the URL does not describe a connection"


async def _apply(database_url: str) -> list[str]:
    applied = await migrate(database_url)
    connection = await asyncpg.connect(database_url, timeout=_CONNECT_SECONDS)
    try:
        await connection.execute("SET ROLE fourpass_owner")
        ledger = await migrate_paper_ledger(connection)
        await connection.execute(_LEDGER_RIGHTS)
    finally:
        await connection.close()
    return [*applied, *(f"paper/{name}" for name in ledger)]
