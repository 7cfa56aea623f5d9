"""The port that counts attempts, and what it is told to count."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """How many attempts are looked at.

    Attributes:
        windows: (attempts, seconds) each; all of them hold, so that longer ones back off.
    """

    name: str
    windows: tuple[tuple[int, int], ...]


class Counter(msgspec.Struct, frozen=True):
    """One thing that a rule is applied to. The key holds no secret and no address in the clear."""

    rule: Rule
    key: str


class Throttle(Protocol):
    """Counts attempts in moving windows, correctly across processes.

    Everything raises `ThrottleUnavailableError` where the counts cannot be read or written; who
    asks then decides what that means.
    """

    async def wait(self, *counters: Counter) -> float:
        """Return how many seconds until every counter has room; 0 if it has now.

        Asking counts nothing, and neither does being refused: waiting always helps.
        """
        ...

    async def count(self, *counters: Counter) -> None:
        """Count one attempt in each."""
        ...

    async def take(self, counter: Counter) -> float:
        """Count one attempt where every window has room; else return the seconds until it has.

        One round trip where there is room. Windows slide by a weighted count of the one before, so
        that as little is kept of a thousand attempts as of one.
        """
        ...
