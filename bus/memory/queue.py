"""The rules of a queue as plain state: groups, visibility, delay, dedup, dead letters."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bus.base import EXHAUSTED, DeadLetter, Depth, Destination
from bus.codec import encode, with_attempt

if TYPE_CHECKING:
    from uuid import UUID

    from bus.envelope import Envelope
    from bus.settings import LaneRules


@dataclass(slots=True)
class _Held:
    envelope: Envelope
    number: int
    due: float
    attempts: int = 0
    reason: str = ""


@dataclass(slots=True)
class _Group:
    waiting: deque[_Held] = field(default_factory=deque[_Held])
    receipt: int | None = None
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a consumer was handed; the receipt is good until `until` passes."""

    envelope: Envelope
    group: str
    receipt: int
    is_last: bool


class Queue:
    """One destination. Every method is told the time, in seconds of one monotonic clock."""

    def __init__(self, destination: Destination, rules: LaneRules) -> None:
        self._destination = destination
        self._rules = rules
        self._visibility = rules.visibility.total_seconds()
        self._groups: dict[str, _Group] = {}
        self._remembered: dict[str, float] = {}
        self._dead: dict[UUID, DeadLetter] = {}
        self._counter = 0

    def put(self, envelope: Envelope, now: float) -> None:
        """Store an envelope unless its dedup id was accepted within the window."""
        self._forget(now)
        if envelope.dedup_id in self._remembered:
            return
        self._remembered[envelope.dedup_id] = now + self._rules.dedup_window.total_seconds()
        name = envelope.group if self._rules.is_fifo else str(envelope.id)
        group = self._groups.setdefault(name, _Group())
        due = now + self._rules.delay.total_seconds()
        group.waiting.append(_Held(envelope, self._next(), due))

    def take(self, now: float, now_ns: int) -> Taken | None:
        """Hand over the message that has been due longest, of a group with none in flight."""
        self._expire(now, now_ns)
        due = [
            (group.waiting[0].due, group.waiting[0].number, name)
            for name, group in self._groups.items()
            if group.receipt is None and group.waiting[0].due <= now
        ]
        if not due:
            return None
        name = min(due)[2]
        group = self._groups[name]
        held = group.waiting[0]
        held.attempts += 1
        receipt = group.receipt = self._next()
        group.until = now + self._visibility
        envelope = with_attempt(held.envelope, held.attempts)
        is_last = held.attempts >= self._rules.max_attempts
        return Taken(envelope, name, receipt, is_last)

    def next_due(self) -> float | None:
        """Return when a message will be due, or a receipt runs out; `None` when empty."""
        return min(
            (
                group.waiting[0].due if group.receipt is None else group.until
                for group in self._groups.values()
            ),
            default=None,
        )

    def ack(self, taken: Taken, now: float) -> None:
        """Finish what a good receipt holds."""
        if group := self._in_hand(taken, now):
            self._drop_head(taken.group, group)

    def retry(self, taken: Taken, now: float, *, after: float, reason: str, now_ns: int) -> None:
        """Give back what a good receipt holds, or bury it after its last attempt."""
        if group := self._in_hand(taken, now):
            group.waiting[0].reason = reason
            self._give_back(taken.group, group, due=now + after, now_ns=now_ns)

    def bury(self, taken: Taken, now: float, *, reason: str, now_ns: int) -> None:
        """Set aside what a good receipt holds."""
        if group := self._in_hand(taken, now):
            self._bury_head(taken.group, group, reason=reason, now_ns=now_ns)

    def extend(self, taken: Taken, now: float, *, by: float) -> None:
        """Let a good receipt run for this long from now."""
        if group := self._in_hand(taken, now):
            group.until = now + by

    def dead(self, limit: int) -> list[DeadLetter]:
        """Return what was set aside, the newest first."""
        return list(reversed(self._dead.values()))[:limit]

    def discard(self, envelope_id: UUID) -> bool:
        """Forget what was set aside."""
        return self._dead.pop(envelope_id, None) is not None

    def depth(self, now: float, now_ns: int) -> Depth:
        """Count what is here."""
        self._expire(now, now_ns)
        in_flight = sum(group.receipt is not None for group in self._groups.values())
        held = sum(len(group.waiting) for group in self._groups.values())
        return Depth(waiting=held - in_flight, in_flight=in_flight, dead=len(self._dead))

    def _next(self) -> int:
        self._counter += 1
        return self._counter

    def _forget(self, now: float) -> None:
        while self._remembered:
            dedup_id, until = next(iter(self._remembered.items()))
            if until > now:
                return
            del self._remembered[dedup_id]

    def _in_hand(self, taken: Taken, now: float) -> _Group | None:
        group = self._groups.get(taken.group)
        if group is None or group.receipt != taken.receipt or group.until <= now:
            return None
        return group

    def _expire(self, now: float, now_ns: int) -> None:
        for name, group in list(self._groups.items()):
            if group.receipt is not None and group.until <= now:
                self._give_back(name, group, due=group.until, now_ns=now_ns)

    def _give_back(self, name: str, group: _Group, *, due: float, now_ns: int) -> None:
        held = group.waiting[0]
        if held.attempts >= self._rules.max_attempts:
            reason = f"{EXHAUSTED}: {held.reason}" if held.reason else EXHAUSTED
            self._bury_head(name, group, reason=reason, now_ns=now_ns)
            return
        group.receipt = None
        held.due = due

    def _bury_head(self, name: str, group: _Group, *, reason: str, now_ns: int) -> None:
        held = group.waiting[0]
        self._dead[held.envelope.id] = DeadLetter(
            id=held.envelope.id,
            destination=self._destination,
            envelope=held.envelope,
            body=encode(held.envelope),
            reason=reason,
            attempts=held.attempts,
            dead_at_ns=now_ns,
        )
        self._drop_head(name, group)

    def _drop_head(self, name: str, group: _Group) -> None:
        group.waiting.popleft()
        group.receipt = None
        if not group.waiting:
            del self._groups[name]
