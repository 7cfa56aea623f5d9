"""Connections to PostgreSQL that keep no state between two uses, as a proxy in between wants it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
from typing_extensions import override

from bus.environment import LOOPBACK
from handlers.errors import (
    AlreadyExistsError,
    NotFoundError,
    RecordRefusedError,
    StoreUnavailableError,
)
from handlers.store.postgres.pool import Pool
from handlers.store.postgres.writing import Writing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.values import UserId
    from handlers.store.postgres.pool import Connection
    from handlers.store.settings import StoreSettings

    # The driver's classes are generic in its stubs alone.
    DriverConnection = asyncpg.Connection[asyncpg.Record]
else:
    DriverConnection = asyncpg.Connection

# SQLSTATE classes after which nobody can tell whether the statement was committed: connection,
# resources, operator's intervention, system, internal.
_UNTOLD = ("08", "53", "57", "58", "XX")
# Refused, so nothing was written, but another try may get through: deadlock and serialisation, a
# lock that was not to be had, a standby that is no primary yet, a transaction left open for too
# long, a password or a database that is being changed.
_BUSY = ("40", "55P03", "25006", "25P03", "25P04", "28", "3D")
# Our own calls have shorter deadlines; whoever shares the pool may have none.
_LAST_RESORT_S = 10.0
_DRIVER_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


class PlainConnection(DriverConnection):
    """A connection without the round trip that asyncpg makes on its return to the pool."""

    @override
    async def reset(self, *, timeout: float | None = None) -> None:
        """Clean up only what a failed transaction may have left open."""
        if self.is_in_transaction():
            await super().reset(timeout=timeout)


async def open_pool(settings: StoreSettings) -> Pool:
    """Open a pool; it connects when first used, and again whenever a connection was lost."""
    pool = await asyncpg.create_pool(
        settings.database_url,
        min_size=0,
        max_size=settings.pool_size,
        connection_class=PlainConnection,
        max_inactive_connection_lifetime=settings.idle_s,
        max_cached_statement_lifetime=0,
        timeout=settings.connect_timeout_s,
        command_timeout=_LAST_RESORT_S,
        server_settings={"timezone": "UTC", "application_name": "fourpass"},
        **tls_of(settings.database_url),
    )
    return Pool(pool, idle_s=settings.idle_s)


def tls_of(url: str) -> dict[str, Any]:
    """Return how to speak: in the clear to a server of this machine, unless the address says how.

    The driver would otherwise make a TLS context in every process, and ask for TLS at every
    connection.
    """
    parts = urlsplit(url)
    is_said = "sslmode" in parse_qs(parts.query)
    return {"ssl": False} if parts.hostname in LOOPBACK and not is_said else {}


def is_rolled_back(error: BaseException) -> bool:
    """Say whether the server itself refused the statement, so that nothing of it was written."""
    is_refusal = isinstance(error, asyncpg.PostgresError)
    return is_refusal and not (error.sqlstate or "XX").startswith(_UNTOLD)


def translated(error: Exception) -> Exception:
    """Return the house's error for a driver's."""
    match error:
        case asyncpg.UniqueViolationError():
            return AlreadyExistsError(error.constraint_name or "")
        case asyncpg.ForeignKeyViolationError():
            return NotFoundError(error.constraint_name or "")
        case asyncpg.PostgresError() if is_rolled_back(error):
            is_busy = (error.sqlstate or "").startswith(_BUSY)
            return (StoreUnavailableError if is_busy else RecordRefusedError)(str(error))
        case _:
            return StoreUnavailableError(type(error).__name__)


class Database:
    """Runs statements, each with a deadline, each with the house's errors.

    Attributes:
        waiting: How many wait for a connection now.
    """

    def __init__(self, pool: Pool, *, deadline_s: float) -> None:
        self._pool = pool
        self._deadline_s = deadline_s
        self.waiting = 0
        self._writing = Writing()

    async def rows(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:  # noqa: ANN401 - whatever the statement's parameters take
        """Run one statement, which is its own transaction, in one round trip."""
        async with self._lent() as connection:
            return await connection.fetch(statement, *arguments)

    async def value(self, statement: str, *arguments: Any) -> Any:  # noqa: ANN401 - one cell, of whatever type it has
        """Run one statement and return the first cell of its first row, or `None`."""
        rows = await self.rows(statement, *arguments)
        return rows[0][0] if rows else None

    async def prove_writing(self) -> None:
        """Return if the record answers and takes what is written; see `writing`."""
        await self._writing.prove(self.rows)

    @asynccontextmanager
    async def as_user(self, user: UserId) -> AsyncGenerator[Connection]:
        """Open a transaction that may see this user's rows alone, where rows have owners.

        The setting ends with the transaction: it never reaches the connection's next user.
        """
        async with self._lent() as connection, connection.transaction():
            await connection.execute("SELECT set_config('app.user_id', $1, true)", str(user))
            yield connection

    @asynccontextmanager
    async def _lent(self) -> AsyncGenerator[Connection]:
        """Lend a connection for as long as the deadline allows; errors come out translated."""
        try:
            async with asyncio.timeout(self._deadline_s):
                self.waiting += 1
                try:
                    connection = await self._pool.acquire()
                finally:
                    self.waiting -= 1
                try:
                    yield connection
                except BaseException as error:
                    if not is_rolled_back(error):
                        # Its statement may run on and on: give the connection up, and wait for
                        # no answer of a server that may be frozen.
                        connection.terminate()
                    raise
                finally:
                    await self._pool.release(connection)
        except _DRIVER_ERRORS as error:
            self._writing.note(error)
            raise translated(error) from error
