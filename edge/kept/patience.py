"""Ends what takes too long; one task looks after all alerts, since a timer for each costs more.

A limit is kept to a twentieth of a second. It cancels its task as asyncio's own time-outs do: a
cancel scope for each alert would cost as much as planning it, and what serves alerts is asyncio.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Self

import anyio

if TYPE_CHECKING:
    from types import TracebackType

_LOOK = 0.05


class Limit:
    """A time within which something has to be done; what is not is cancelled, and left quietly."""

    __slots__ = ("_before", "_is_over", "_patience", "_task", "end")

    def __init__(self, patience: Patience, seconds: float) -> None:
        task = asyncio.current_task(patience.loop)
        assert task is not None, "a limit is for what a task does"  # noqa: S101 - said to the type checker
        self._task = task
        self._before = task.cancelling()
        self._is_over = False
        self._patience = patience
        self.end = monotonic() + seconds

    def renew(self, seconds: float) -> None:
        """Let it end this long from now instead."""
        self.end = monotonic() + seconds

    def cancel(self) -> None:
        """End it now."""
        self._is_over = True
        self._task.cancel()

    def __enter__(self) -> Self:
        self._patience.watch(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._patience.forget(self)
        if not self._is_over:
            return False
        # Whoever else cancels the task meanwhile is still to be obeyed.
        return self._task.uncancel() <= self._before and kind is asyncio.CancelledError


class Patience:
    """The limits that run.

    Attributes:
        loop: Whose tasks they are for; to look for the running one each time costs a system call.
    """

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
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
        self.loop = asyncio.get_running_loop()
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
