"""Keeps the pool full: as many warm workers as are wanted, and a new one for each that is taken."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from bus.ids import uuid7
from bus.values import WorkerId
from handlers.launcher.base import LauncherUnavailableError
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from handlers.launcher.local import LocalLauncher
    from handlers.launcher.wire import Ended
    from worker_runtime.pace import Pace

_log = logging.getLogger(__name__)


class PoolKeeper:
    """Looks at what runs and starts what is missing; looking twice starts nothing twice."""

    def __init__(self, launcher: LocalLauncher, *, size: int, pace: Pace) -> None:
        self._launcher = launcher
        self._size = size
        self._pauses = Pauses(pace)
        self._settle_in = pace.settle_in
        self._pause = 0.0

    def note(self, ended: Ended) -> None:
        """Take notice of a worker's end: one that dies in the pool is replaced less eagerly."""
        if ended.child.user_id is None and ended.code != 0:
            self._pause = self._pauses.take()
        elif ended.code == 0:
            self._pauses.reset()

    async def run(self) -> None:
        """Keep the pool full until everything is being stopped."""
        while not self._launcher.is_closing:
            waiting = sum(child.user_id is None for child in self._launcher.children)
            if waiting >= self._size:
                await self._launcher.changed()
                continue
            # The worker that was just taken has an order to execute: it has the machine first.
            pause = max(self._pause, self._settle_in if waiting else 0.0)
            self._pause = 0.0
            await anyio.sleep(pause)
            try:
                await self._launcher.launch(WorkerId(uuid7()), None)
            except LauncherUnavailableError:
                _log.warning("pool_not_filled")
                await anyio.sleep(self._pauses.take())
