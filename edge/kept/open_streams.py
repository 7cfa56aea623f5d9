"""The live streams that this process has open."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from bus.values import UserId

_MOST_PER_USER = 20


class OpenStreams:
    """How many streams each user has open here, and the bell that ends them all."""

    def __init__(self) -> None:
        self.stopping = anyio.Event()
        self._open: Counter[UserId] = Counter()
        self._knocks: dict[UserId, anyio.Event] = {}

    def enter(self, user: UserId) -> bool:
        """Count one more; false where the user has as many as a browser could want."""
        if self._open[user] >= _MOST_PER_USER:
            return False
        self._open[user] += 1
        return True

    def leave(self, user: UserId) -> None:
        """Count one less."""
        self._open[user] -= 1
        if not self._open[user]:
            del self._open[user]
            self._knocks.pop(user, None)

    def knock_of(self, user: UserId) -> anyio.Event:
        """Return what is set when somebody knocks at the user's streams next."""
        return self._knocks.setdefault(user, anyio.Event())

    def knock(self, user: UserId) -> None:
        """Have the user's streams here ask whether they may go on."""
        knock = self._knocks.pop(user, None)
        if knock is not None:
            knock.set()

    def knock_at_all(self) -> None:
        """Have all streams here ask: what was missed, nobody knows."""
        for user in list(self._knocks):
            self.knock(user)
