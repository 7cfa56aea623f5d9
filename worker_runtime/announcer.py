"""Wakes a user's live streams, beside the work and never in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from bus.topics import events_topic

if TYPE_CHECKING:
    from bus.base import Broadcast
    from bus.values import UserId


class Announcer:
    """Says that something happened; several times in a row is said once."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._users: set[UserId] = set()
        self._changed = anyio.Event()

    def note(self, user: UserId) -> None:
        """Note it; it is said a moment later."""
        self._users.add(user)
        self._changed.set()

    async def tell(self, user: UserId) -> None:
        """Note it, for those who await it; returns at once and never raises."""
        self.note(user)

    async def run(self) -> None:
        """Announce what was noted; what cannot be announced is found by whoever looks."""
        while True:
            await self._changed.wait()
            self._changed = anyio.Event()
            while self._users:
                try:
                    await self._broadcast.announce(events_topic(self._users.pop()), b"")
                except TransportUnavailableError:
                    self._users.clear()
