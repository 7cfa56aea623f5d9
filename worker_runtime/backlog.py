"""What PostgreSQL knows and no hint brought: queued orders and wanted cancels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from handlers.errors import StoreUnavailableError
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import UserId
    from handlers.records.orders import Order
    from handlers.store.work import WorkStore
    from worker_runtime.pace import Pace

_LIMIT = 1000


class Backlog:
    """Reads the record again and again, and at once when asked to."""

    def __init__(
        self,
        work: WorkStore,
        user: UserId,
        *,
        execute: Callable[[Order], None],
        cancel: Callable[[Order], None],
        pace: Pace,
    ) -> None:
        self._work = work
        self._user = user
        self._execute = execute
        self._cancel = cancel
        self._pace = pace
        self._nudged = anyio.Event()

    def nudge(self) -> None:
        """Read soon: something happened that may have made work."""
        self._nudged.set()

    async def run(self) -> None:
        """Read until cancelled."""
        pauses = Pauses(self._pace)
        while True:
            self._nudged = anyio.Event()
            try:
                await self.look()
            except StoreUnavailableError:
                await anyio.sleep(pauses.take())
                continue
            pauses.reset()
            with anyio.move_on_after(self._pace.backlog):
                await self._nudged.wait()

    async def look(self) -> None:
        """Hand over what waits now.

        Raises:
            StoreUnavailableError: It could not be read.
        """
        for order in await self._work.oldest_queued(self._user, limit=_LIMIT):
            self._execute(order)
        for order in await self._work.wanted_cancels(self._user, limit=_LIMIT):
            self._cancel(order)
