"""What is done after the reply, for many alerts at a time: notes and wake-ups, all of them lossy.

Whatever is lost here, the relay and the streams' own clocks find again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bus.errors import BusError
from bus.topics import events_topic
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bus.base import Broadcast
    from bus.values import OrderId, UserId
    from handlers.store.base import SignalStore

_GATHER = 0.02
_DEADLINE = 2.0
_MOST = 10_000


class Afterwards:
    """Gathers for 20 ms, then writes: which orders were hinted, whose streams should look."""

    def __init__(self, signals: SignalStore, broadcast: Broadcast) -> None:
        self._signals = signals
        self._broadcast = broadcast
        self._hinted: list[OrderId] = []
        self._stirred: set[UserId] = set()
        self._something = anyio.Event()

    def note_hinted(self, orders: Iterable[OrderId]) -> None:
        """Remember that these orders' hints were pushed."""
        if len(self._hinted) < _MOST:
            self._hinted.extend(orders)
        self._something.set()

    def stir(self, user: UserId) -> None:
        """Wake the user's live streams."""
        if len(self._stirred) < _MOST:
            self._stirred.add(user)
        self._something.set()

    async def run(self) -> None:
        """Write what is gathered, for ever."""
        while True:
            await self._something.wait()
            await anyio.sleep(_GATHER)
            await self.flush()

    async def flush(self) -> None:
        """Write what is gathered now."""
        self._something = anyio.Event()
        hinted, self._hinted = self._hinted, []
        stirred, self._stirred = self._stirred, set()
        try:
            with anyio.fail_after(_DEADLINE):
                for user in stirred:
                    await self._broadcast.announce(events_topic(user), b"")
        except (BusError, TimeoutError):
            pass
        if not hinted:
            return
        try:
            with anyio.fail_after(_DEADLINE):
                await self._signals.mark_hinted(hinted)
        except (StoreUnavailableError, TimeoutError):
            pass
