"""A bell that wakes everyone who waits now."""

from __future__ import annotations

import anyio


class Bell:
    """Rung whenever something changed; waiting again needs another ring."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = anyio.Event()

    def ring(self) -> None:
        """Wake all who wait."""
        self._event.set()
        self._event = anyio.Event()

    async def wait(self, seconds: float | None = None) -> None:
        """Wait for a ring, or until the time is over. Look at the state again afterwards."""
        with anyio.move_on_after(seconds):
            await self._event.wait()
