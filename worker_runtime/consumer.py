"""Takes the user's commands from the bus. They are hints: losing one costs time, never an order."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.base import HintDelivery, Hints
    from handlers.records.orders import Lease
    from worker_runtime.pace import Pace

_log = logging.getLogger(__name__)


class Consumer:
    """Reads one user's list for as long as it runs."""

    def __init__(
        self, hints: Hints, lease: Lease, *, take: Callable[[HintDelivery], None], pace: Pace
    ) -> None:
        self._hints = hints
        self._lease = lease
        self._take = take
        self._pauses = Pauses(pace)
        self.is_connected = False

    async def run(self) -> None:
        """Hand over every command; without the bus wait, and try it again."""
        while True:
            try:
                await self._read()
            except TransportUnavailableError:
                if self.is_connected:
                    _log.warning("hints_unavailable")
            self.is_connected = False
            await anyio.sleep(self._pauses.take())

    async def _read(self) -> None:
        async with self._hints.commands(self._lease.user_id, self._lease.epoch) as commands:
            self.is_connected = True
            async for delivery in commands:
                self._pauses.reset()
                self._take(delivery)


class Receipts:
    """Removes served commands from the inflight list, beside the work and in its order."""

    def __init__(self) -> None:
        self._served: deque[HintDelivery] = deque()
        self._changed = anyio.Event()

    def put(self, delivery: HintDelivery) -> None:
        """Note that a command was served."""
        self._served.append(delivery)
        self._changed.set()

    async def run(self) -> None:
        """Settle what was served; what cannot be settled is forgotten with its epoch's list."""
        while True:
            while self._served:
                try:
                    await self._served.popleft().done()
                except TransportUnavailableError:
                    _log.debug("inflight_not_removed")
            self._changed = anyio.Event()
            await self._changed.wait()
