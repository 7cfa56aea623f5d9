"""The warm workers that wait for a user, in this process's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.base import Pool
from bus.memory.bell import Bell

if TYPE_CHECKING:
    from datetime import timedelta

    from bus.values import Clock, UserId, WorkerId

FORGOTTEN_SECONDS = 6.0
MADE_SECONDS = 3.0


class MemoryPool(Pool):
    """Ready workers by when they were last seen, and who was promised to whom."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bell = Bell()
        self._seen: dict[WorkerId, float] = {}
        self._made: dict[UserId, tuple[WorkerId, float]] = {}
        self._claims: dict[WorkerId, UserId] = {}

    @override
    async def offer(self, worker: WorkerId) -> None:
        await checkpoint()
        if worker not in self._claims:
            self._seen.pop(worker, None)
            self._seen[worker] = self._clock.monotonic()

    @override
    async def withdraw(self, worker: WorkerId) -> None:
        await checkpoint()
        self._seen.pop(worker, None)

    @override
    async def claim(self, user: UserId) -> WorkerId | None:
        await checkpoint()
        now = self._clock.monotonic()
        made, until = self._made.get(user, (None, 0.0))
        if made is not None and until > now:
            return made
        fresh = self._fresh()
        if not fresh:
            return None
        worker = fresh[-1]
        self._made[user] = (worker, now + MADE_SECONDS)
        del self._seen[worker]
        self._claims[worker] = user
        self._bell.ring()
        return worker

    @override
    async def forget(self, user: UserId, worker: WorkerId) -> None:
        await checkpoint()
        if self._made.get(user, (None, 0.0))[0] == worker:
            del self._made[user]

    @override
    async def await_claim(self, worker: WorkerId, *, timeout: timedelta) -> UserId | None:
        await checkpoint()
        with anyio.move_on_after(timeout.total_seconds()):
            while worker not in self._claims:
                await self._bell.wait()
        return self._claims.pop(worker, None)

    @override
    async def ready(self) -> int:
        await checkpoint()
        return len(self._fresh())

    def _fresh(self) -> list[WorkerId]:
        oldest = self._clock.monotonic() - FORGOTTEN_SECONDS
        return [worker for worker, seen in self._seen.items() if seen > oldest]
