"""What a listener has not read yet: bounded, and honest about what it dropped."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MISSED = b""
_CAPACITY = 1024


class Inbox:
    """An endless stream of payloads; a full one is emptied and says that something was missed."""

    __slots__ = ("_arrived", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._arrived = anyio.Event()

    def put(self, payload: bytes) -> None:
        """Add a payload, or replace all of them by one `MISSED` when full."""
        if len(self._waiting) >= _CAPACITY:
            self._waiting.clear()
            payload = MISSED
        self._waiting.append(payload)
        self._arrived.set()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        await checkpoint()
        while not self._waiting:
            self._arrived = anyio.Event()
            await self._arrived.wait()
        return self._waiting.popleft()
