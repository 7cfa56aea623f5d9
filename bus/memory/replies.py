"""Answers that somebody waits for, in this process's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.base import Replies
from bus.memory.bell import Bell

if TYPE_CHECKING:
    from datetime import timedelta
    from uuid import UUID

    from bus.values import Clock, UserId

KEPT_SECONDS = 60.0


class MemoryReplies(Replies):
    """The first answer to each request, kept for a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bell = Bell()
        self._answers: dict[tuple[UserId, UUID], tuple[bytes, float]] = {}

    @override
    async def answer(self, user: UserId, request: UUID, reply: bytes) -> None:
        await checkpoint()
        now = self._clock.monotonic()
        self._answers = {key: kept for key, kept in self._answers.items() if kept[1] > now}
        self._answers.setdefault((user, request), (reply, now + KEPT_SECONDS))
        self._bell.ring()

    @override
    async def await_answer(
        self, user: UserId, request: UUID, *, timeout: timedelta
    ) -> bytes | None:
        await checkpoint()
        with anyio.move_on_after(timeout.total_seconds()):
            while (reply := self._kept(user, request)) is None:
                await self._bell.wait()
            return reply
        return None

    def _kept(self, user: UserId, request: UUID) -> bytes | None:
        reply, until = self._answers.get((user, request), (None, 0.0))
        return reply if until > self._clock.monotonic() else None
