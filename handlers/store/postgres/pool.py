"""Connections at hand: lending one takes no turn of the loop as long as all is in order.

The driver's pool makes a task whenever a connection comes back, which costs as much as a short
statement. So one that is left in order stays lent, as that pool sees it, and goes to who asks next.
What is unusual is the driver's: connecting, waiting, what was lost, a transaction left open.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    DriverPool = asyncpg.Pool[asyncpg.Record]
    Connection = PoolConnectionProxy[asyncpg.Record]


class Pool:
    """Lends connections, the last used first.

    Whoever leaves a connection without the end of what was asked on it terminates it first.
    """

    def __init__(self, pool: DriverPool, *, idle_s: float) -> None:
        self._pool = pool
        self._idle_s = idle_s
        # With when each came back, the oldest first.
        self._at_hand: deque[tuple[float, Connection]] = deque()
        self._asking = 0
        self._watch: asyncio.TimerHandle | None = None

    async def acquire(self, *, timeout: float | None = None) -> Connection:
        """Lend a connection; wait for one, at most so many seconds, where all are lent."""
        while self._at_hand:
            _, connection = self._at_hand.pop()
            if _is_in_order(connection):
                return connection
            await self._pool.release(connection)
        self._asking += 1
        try:
            return await self._pool.acquire(timeout=timeout)
        finally:
            self._asking -= 1

    async def release(self, connection: Connection, *, timeout: float | None = None) -> None:
        """Take a connection back."""
        if self._asking or not _is_in_order(connection):
            await self._pool.release(connection, timeout=timeout)
            return
        loop = asyncio.get_running_loop()
        self._at_hand.append((loop.time(), connection))
        if self._idle_s and self._watch is None:
            self._watch = loop.call_later(self._idle_s, self._let_go)

    def get_size(self) -> int:
        """Return how many connections are open."""
        return self._pool.get_size()

    def get_idle_size(self) -> int:
        """Return how many of them nobody uses."""
        return self._pool.get_idle_size() + len(self._at_hand)

    def terminate(self) -> None:
        """Close all at once, whatever is under way."""
        if self._watch is not None:
            self._watch.cancel()
        self._pool.terminate()

    def _let_go(self) -> None:
        """Close what nobody has used for long; look again when the next one's time comes."""
        loop = asyncio.get_running_loop()
        while self._at_hand and self._at_hand[0][0] + self._idle_s <= loop.time():
            _, connection = self._at_hand.popleft()
            if _is_in_order(connection):
                connection.terminate()
        self._watch = None
        if self._at_hand:
            self._watch = loop.call_at(self._at_hand[0][0] + self._idle_s, self._let_go)


def _is_in_order(connection: Connection) -> bool:
    """Say whether who is next may ask at once; one that was lost may be the driver's already."""
    try:
        return not (connection.is_closed() or connection.is_in_transaction())
    except asyncpg.InterfaceError:
        return False
