"""Each user's list of commands and the marks of running workers, in this process's memory."""

from __future__ import annotations

from collections import defaultdict, deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.base import HintDelivery, Hinted, Hints, Leftovers
from bus.memory.bell import Bell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from datetime import timedelta
    from uuid import UUID

    from bus.envelope import Envelope
    from bus.values import Clock, UserId, WorkerId

CLAIMING_SECONDS = 3.0


class MemoryHints(Hints):
    """The hot half of the bus without a server."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bell = Bell()
        self._requests: defaultdict[UserId, deque[Envelope]] = defaultdict(deque)
        self._inflight: defaultdict[tuple[UserId, int], dict[UUID, Envelope]] = defaultdict(dict)
        self._active: dict[UserId, tuple[WorkerId, float]] = {}
        self._claiming: dict[UserId, float] = {}

    @override
    async def hint(self, user: UserId, *envelopes: Envelope) -> Hinted:
        await self.push(user, *envelopes)
        now = self._clock.monotonic()
        worker, until = self._active.get(user, (None, 0.0))
        if worker is not None and until > now:
            return Hinted(worker_id=worker, should_claim=False)
        is_first = self._claiming.get(user, 0.0) <= now
        if is_first:
            self._claiming[user] = now + CLAIMING_SECONDS
        return Hinted(worker_id=None, should_claim=is_first)

    async def push(self, user: UserId, *envelopes: Envelope) -> None:
        """Push commands without asking for the worker."""
        await checkpoint()
        self._requests[user].extend(envelopes)
        self._bell.ring()

    @override
    async def mark(self, user: UserId, worker: WorkerId, *, ttl: timedelta) -> None:
        await checkpoint()
        self._active[user] = (worker, self._clock.monotonic() + ttl.total_seconds())

    @override
    async def unmark(self, user: UserId, worker: WorkerId) -> None:
        await checkpoint()
        if self._active.get(user, (None, 0.0))[0] == worker:
            del self._active[user]

    @override
    @asynccontextmanager
    async def commands(
        self, user: UserId, epoch: int
    ) -> AsyncGenerator[AsyncIterator[HintDelivery], None]:
        yield MemoryCommands(self._requests[user], self._inflight[user, epoch], self._bell)

    @override
    async def forget_inflight(self, user: UserId, *, before_epoch: int) -> None:
        await checkpoint()
        for epoch in _older(before_epoch):
            self._inflight.pop((user, epoch), None)

    @override
    async def look(self, user: UserId, *, before_epoch: int) -> Leftovers:
        await checkpoint()
        worker, until = self._active.get(user, (None, 0.0))
        return Leftovers(
            worker_id=worker if until > self._clock.monotonic() else None,
            has_old_inflight=any(
                self._inflight.get((user, epoch)) for epoch in _older(before_epoch)
            ),
        )


def _older(epoch: int) -> range:
    return range(max(epoch - 16, 0), epoch)


class MemoryCommands:
    """The endless stream of one user's commands."""

    def __init__(
        self, requests: deque[Envelope], inflight: dict[UUID, Envelope], bell: Bell
    ) -> None:
        self._requests = requests
        self._inflight = inflight
        self._bell = bell

    def __aiter__(self) -> AsyncIterator[HintDelivery]:
        return self

    async def __anext__(self) -> HintDelivery:
        await checkpoint()
        while not self._requests:
            await self._bell.wait()
        envelope = self._requests.popleft()
        self._inflight[envelope.id] = envelope
        return MemoryHintDelivery(envelope, self._inflight)


class MemoryHintDelivery(HintDelivery):
    """A command taken from a user's list."""

    def __init__(self, envelope: Envelope, inflight: dict[UUID, Envelope]) -> None:
        self.envelope = envelope
        self._inflight = inflight

    @override
    async def done(self) -> None:
        await checkpoint()
        self._inflight.pop(self.envelope.id, None)
