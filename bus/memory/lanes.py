"""Queues in this process's memory: the whole FIFO contract without a server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.base import DeadLetters, Delivery, Depth, Depths, Destination, Publisher, Subscriber
from bus.envelope import as_ns
from bus.errors import UnroutableError
from bus.memory.bell import Bell
from bus.memory.queue import Queue, Taken

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
    from datetime import timedelta
    from uuid import UUID

    from bus.base import DeadLetter
    from bus.envelope import Envelope
    from bus.settings import LaneRules
    from bus.values import Clock


class MemoryLane:
    """One queue with its clock and its bell."""

    def __init__(self, destination: Destination, rules: LaneRules, clock: Clock) -> None:
        self.queue = Queue(destination, rules)
        self.bell = Bell()
        self.clock = clock

    def now(self) -> float:
        """Return the lane's time in seconds."""
        return self.clock.monotonic()

    def now_ns(self) -> int:
        """Return the wall-clock time that dead letters carry."""
        return as_ns(self.clock.now())


class MemoryLanes(Publisher, Subscriber, DeadLetters, Depths):
    """All queues; `orders` is none of them."""

    def __init__(self, rules: Mapping[Destination, LaneRules], clock: Clock) -> None:
        self._lanes = {
            destination: MemoryLane(destination, rule, clock) for destination, rule in rules.items()
        }

    @override
    async def publish(self, destination: Destination, *envelopes: Envelope) -> None:
        lane = self._lane(destination)
        await checkpoint()
        for envelope in envelopes:
            lane.queue.put(envelope, lane.now())
        lane.bell.ring()

    @override
    @asynccontextmanager
    async def receive(
        self, destination: Destination
    ) -> AsyncGenerator[AsyncIterator[Delivery], None]:
        yield MemoryDeliveries(self._lane(destination))

    @override
    async def dead(self, destination: Destination, *, limit: int) -> Sequence[DeadLetter]:
        await checkpoint()
        return self._lane(destination).queue.dead(limit)

    @override
    async def discard(self, destination: Destination, envelope_id: UUID) -> bool:
        await checkpoint()
        return self._lane(destination).queue.discard(envelope_id)

    @override
    async def depth(self, destination: Destination) -> Depth:
        await checkpoint()
        lane = self._lane(destination)
        return lane.queue.depth(lane.now(), lane.now_ns())

    def _lane(self, destination: Destination) -> MemoryLane:
        lane = self._lanes.get(destination)
        if lane is None:
            raise UnroutableError(destination)
        return lane


class MemoryDeliveries:
    """The endless stream of one consumer."""

    def __init__(self, lane: MemoryLane) -> None:
        self._lane = lane

    def __aiter__(self) -> AsyncIterator[Delivery]:
        return self

    async def __anext__(self) -> Delivery:
        await checkpoint()
        lane = self._lane
        while (taken := lane.queue.take(lane.now(), lane.now_ns())) is None:
            due = lane.queue.next_due()
            await lane.bell.wait(None if due is None else max(due - lane.now(), 0.0))
        return MemoryDelivery(lane, taken)


class MemoryDelivery(Delivery):
    """One envelope in a consumer's hands."""

    system = "memory"

    def __init__(self, lane: MemoryLane, taken: Taken) -> None:
        self._lane = lane
        self._taken = taken
        self.envelope = taken.envelope
        self.attempt = taken.envelope.attempt
        self.is_last = taken.is_last

    @override
    async def ack(self) -> None:
        await checkpoint()
        self._lane.queue.ack(self._taken, self._lane.now())
        self._lane.bell.ring()

    @override
    async def retry(self, after: timedelta, reason: str = "") -> None:
        await checkpoint()
        self._lane.queue.retry(
            self._taken,
            self._lane.now(),
            after=after.total_seconds(),
            reason=reason,
            now_ns=self._lane.now_ns(),
        )
        self._lane.bell.ring()

    @override
    async def dead_letter(self, reason: str) -> None:
        await checkpoint()
        lane = self._lane
        lane.queue.bury(self._taken, lane.now(), reason=reason, now_ns=lane.now_ns())
        lane.bell.ring()

    @override
    async def extend(self, by: timedelta) -> None:
        await checkpoint()
        self._lane.queue.extend(self._taken, self._lane.now(), by=by.total_seconds())
        self._lane.bell.ring()
