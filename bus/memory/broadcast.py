"""Wake-ups to whoever listens in this process."""

from __future__ import annotations

from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.base import Broadcast
from bus.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator


class MemoryBroadcast(Broadcast):
    """Topics and their listeners."""

    def __init__(self) -> None:
        self._inboxes: defaultdict[str, set[Inbox]] = defaultdict(set)

    @override
    async def announce(self, topic: str, payload: bytes, *others: str) -> None:
        await checkpoint()
        for told in (topic, *others):
            for inbox in self._inboxes.get(told, ()):
                inbox.put(payload)

    @override
    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        inbox = Inbox()
        self._inboxes[topic].add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes[topic].discard(inbox)
            if not self._inboxes[topic]:
                del self._inboxes[topic]
