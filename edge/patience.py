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

    __slots__ = ("_patience", "_scope")

    def __init__(self, patience: Patience, seconds: float) -> None:
        self._patience = patience
        self._scope = anyio.CancelScope()
        self.renew(seconds)

    def renew(self, seconds: float) -> None:
        """Let it end this long from now instead."""
        self._patience.watch(self._scope, monotonic() + seconds)

    def __enter__(self) -> Self:
        self._scope.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        self._patience.forget(self._scope)
        return self._scope.__exit__(kind, error, traceback)


class Patience:
    """The limits that run."""

    def __init__(self) -> None:
        self._ends: dict[anyio.CancelScope, float] = {}
        self._begun = anyio.Event()

    def within(self, seconds: float) -> Limit:
        """Return a limit to enter at once."""
        return Limit(self, seconds)

    def watch(self, scope: anyio.CancelScope, end: float) -> None:
        """Cancel a scope when its time has come."""
        if not self._ends:
            self._begun.set()
        self._ends[scope] = end

    def forget(self, scope: anyio.CancelScope) -> None:
        """Watch a scope no longer."""
        del self._ends[scope]

    async def run(self) -> None:
        """Watch, for ever."""
        while True:
            if not self._ends:
                self._begun = anyio.Event()
                await self._begun.wait()
            await anyio.sleep(_LOOK)
            self._end_overdue(monotonic())

    def _end_overdue(self, now: float) -> None:
        for scope in [scope for scope, end in self._ends.items() if end <= now]:
            scope.cancel()

    def __len__(self) -> int:
        return len(self._ends)
