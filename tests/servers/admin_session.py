"""A login at a server that stays, for whoever has no event loop or is in the middle of one."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")
_SECONDS = 30.0


class AdminSession:
    """One connection, in a thread with a loop of its own; who calls waits."""

    def __init__(self, dsn: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection = self._wait(_connect(dsn))

    def run(self, statement: str) -> None:
        """Run a statement; raises what the server refuses it with."""
        self._wait(self._connection.execute(statement))

    def close(self) -> None:
        """Leave the server."""
        self._connection.terminate()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    def _wait(self, work: Coroutine[object, object, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_SECONDS)


async def _connect(dsn: str) -> asyncpg.Connection[asyncpg.Record]:
    return await asyncpg.connect(dsn)
