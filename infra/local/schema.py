"""The whole schema of a database: the house's record and, beside it, the paper venue's ledger."""

from __future__ import annotations

import asyncpg

from broker_adapters.errors import LedgerMismatchError
from broker_adapters.registry import migrate_paper_ledger
from handlers.errors import MigrationError
from handlers.store.open import migrate
from infra.local.errors import LocalError

_CONNECT_SECONDS = 10.0


async def bring_up_to_date(database_url: str) -> list[str]:
    """Apply what is missing and return its names, in order; doing it again applies nothing.

    Raises:
        LocalError: The database was made by other files than these; nothing was applied.
    """
    try:
        return await _apply(database_url)
    except (MigrationError, LedgerMismatchError) as error:
        msg = f"the database does not fit this version: {error}"
        raise LocalError(msg) from error


async def _apply(database_url: str) -> list[str]:
    applied = await migrate(database_url)
    connection = await asyncpg.connect(database_url, timeout=_CONNECT_SECONDS)
    try:
        ledger = await migrate_paper_ledger(connection)
    finally:
        await connection.close()
    return [*applied, *(f"paper/{name}" for name in ledger)]
