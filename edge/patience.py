"""Ends what takes too long; one task looks after all alerts, since a timer for each costs more.

A limit is kept to a twentieth of a second.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Self

import anyio

if TYPE_CHECKING:
    from types import TracebackType

_LOOK = 0.05


class Limit:
    """A time within which something has to be done; what is not is cancelled, and left quietly."""

    __slots__ = ("_patience", "_scope", "end")

    def __init__(self, patience: Patience, seconds: float) -> None:
        self._patience = patience
        self._scope = anyio.CancelScope()
        self.end = monotonic() + seconds

    def renew(self, seconds: float) -> None:
        """Let it end this long from now instead."""
        self.end = monotonic() + seconds

    def cancel(self) -> None:
        """End it now."""
        self._scope.cancel()

    def __enter__(self) -> Self:
        self._scope.__enter__()
        self._patience.watch(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._patience.forget(self)
        return self._scope.__exit__(kind, error, traceback)


class Patience:
    """The limits that run."""

    def __init__(self) -> None:
        self._limits: set[Limit] = set()
        self._begun = anyio.Event()

    def within(self, seconds: float) -> Limit:
        """Return a limit, to be entered at once: it runs already."""
        return Limit(self, seconds)

    def watch(self, limit: Limit) -> None:
        """Cancel what is done under a limit when its time has come."""
        if not self._limits:
            self._begun.set()
        self._limits.add(limit)

    def forget(self, limit: Limit) -> None:
        """Watch a limit no longer."""
        self._limits.remove(limit)

    async def run(self) -> None:
        """Watch, for ever."""
        while True:
            if not self._limits:
                self._begun = anyio.Event()
                await self._begun.wait()
            await anyio.sleep(_LOOK)
            self._end_overdue(monotonic())

    def _end_overdue(self, now: float) -> None:
        for limit in [limit for limit in self._limits if limit.end <= now]:
            limit.cancel()

    def __len__(self) -> int:
        return len(self._limits)
