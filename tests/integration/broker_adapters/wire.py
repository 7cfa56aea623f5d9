"""A real pool with somebody at the wire, who counts and may act when a commit comes by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

from broker_adapters.paper.ledger import Ledger, LedgerConnection, LedgerPool
from broker_adapters.paper.ledger_venue import LedgerVenue
from bus.values import SystemClock
from tests.contract.broker_adapters.trader import Place

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

Act = Callable[[], Awaitable[None]]


class Wire(LedgerPool):
    """The pool.

    `cut_before` and `cut_after` are raised around a commit, once each; each of the `meddlers` acts
    before one commit, the last of them first.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.statements: list[str] = []
        self.refused: Exception | None = None
        self.cut_before: Exception | None = None
        self.cut_after: Exception | None = None
        self.meddlers: list[Act] = []

    async def acquire(self, *, timeout: float | None = None) -> LedgerConnection:
        """Give a connection, or what is refused."""
        if self.refused is not None:
            raise self.refused
        return _Watched(await self._pool.acquire(timeout=timeout), self)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Give it back."""
        await self._pool.release(connection.inner, timeout=timeout)


class _Watched(LedgerConnection):
    def __init__(self, inner: Any, wire: Wire) -> None:
        self.inner = inner
        self._wire = wire

    async def fetchval(self, query: str, *args: object) -> Any:
        self._wire.statements.append(query)
        is_commit = "commit_change" in query
        if is_commit and self._wire.meddlers:
            await self._wire.meddlers.pop()()
        before, after = self._wire.cut_before, self._wire.cut_after
        if is_commit and before is not None:
            self._wire.cut_before = None
            raise before
        told = await self.inner.fetchval(query, *args)
        if is_commit and after is not None:
            self._wire.cut_after = None
            raise after
        return told

    async def execute(self, query: str) -> str:
        self._wire.statements.append(query)
        return await self.inner.execute(query)

    def terminate(self) -> None:
        self.inner.terminate()


@asynccontextmanager
async def wired(dsn: str, **settings: str) -> AsyncGenerator[tuple[Wire, Place]]:
    """Open a ledger whose wire is watched; settings are those of its sessions."""
    async with asyncpg.create_pool(
        dsn, min_size=0, max_size=8, server_settings=dict(settings)
    ) as pool:
        wire = Wire(pool)
        venue = LedgerVenue(Ledger(wire))
        yield wire, Place(venue=venue, clock=SystemClock(), end_the_day=_never)


async def _never() -> None:
    """Nobody ends the day here."""
