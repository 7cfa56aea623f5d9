"""Whether the record takes what is written: a disk that is full answers every read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Run = Callable[[str], Awaitable[list[asyncpg.Record]]]

# PostgreSQL, "Error Codes": disk_full, read_only_sql_transaction, io_error.
_REFUSALS = frozenset({"53100", "25006", "58030"})
# A replica, or a primary that was told to refuse: either refuses each write alike.
_LOOK = """
SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean
"""
_PROBE = "SELECT probe_writing()"


class Writing:
    """Remembers that a write was refused, until one that is made to find out gets through."""

    def __init__(self) -> None:
        self._is_refused = False

    def note(self, error: BaseException) -> None:
        """Hear of whatever a statement failed by."""
        if isinstance(error, asyncpg.PostgresError) and error.sqlstate in _REFUSALS:
            self._is_refused = True

    async def prove(self, run: Run) -> None:
        """Return if the record answers, and takes what is written as far as is known.

        Nothing is written as long as no write was refused.

        Raises:
            StoreUnavailableError: It is away, can only be read, or refuses still.
        """
        if (await run(_LOOK))[0][0]:
            raise StoreUnavailableError("the record can only be read")
        if self._is_refused:
            await run(_PROBE)
            self._is_refused = False
