"""Answers that somebody waits for: a list a request, and pub/sub to say that it is there.

However many wait, they share the process's one subscriber connection and its one command
connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from typing_extensions import override

from bus.base import Replies
from bus.errors import TransportUnavailableError
from bus.valkey import keys
from bus.valkey.scripts import Script

if TYPE_CHECKING:
    from datetime import timedelta
    from uuid import UUID

    from bus.base import Broadcast
    from bus.valkey.client import Client
    from bus.values import UserId

_ANSWER = Script("answer")
_KEPT_MS = 60_000
_AGAIN_SECONDS = 0.1


class ValkeyReplies(Replies):
    """Reading an answer does not take it away, so a wait can be repeated."""

    def __init__(self, client: Client, broadcast: Broadcast) -> None:
        self._client = client
        self._broadcast = broadcast

    @override
    async def answer(self, user: UserId, request: UUID, reply: bytes) -> None:
        await _ANSWER.run(self._client, (keys.response(user, request),), reply, _KEPT_MS)

    @override
    async def await_answer(
        self, user: UserId, request: UUID, *, timeout: timedelta
    ) -> bytes | None:
        key = keys.response(user, request)
        with anyio.move_on_after(timeout.total_seconds()):
            async with self._broadcast.listen(key) as wakes:
                while True:
                    reply = await self._read(key)
                    if reply is not None:
                        return reply
                    await anext(wakes)
        return None

    async def _read(self, key: str) -> bytes | None:
        while True:
            try:
                reply: bytes | None = await self._client.call(key, "LINDEX", key, 0)
            except TransportUnavailableError:
                await anyio.sleep(_AGAIN_SECONDS)
            else:
                return reply
