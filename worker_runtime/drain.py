"""The wish that a worker leaves: by signal, by command, or because there is nothing to do."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable


class Drain:
    """Begun at most once; the first reason stays."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._begun = anyio.Event()

    @property
    def is_begun(self) -> bool:
        """The worker is on its way out."""
        return self.reason is not None

    def begin(self, reason: str) -> None:
        """Ask the worker to finish what it has in hand and leave."""
        if self.reason is None:
            self.reason = reason
            self._begun.set()

    async def wait(self) -> None:
        """Wait until it is asked for."""
        await self._begun.wait()


async def on_signals(begin: Callable[[str], None]) -> None:
    """Begin a drain at SIGTERM and SIGINT; runs until cancelled, in the main thread only."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for signum in signals:
            begin(signal.Signals(signum).name)
