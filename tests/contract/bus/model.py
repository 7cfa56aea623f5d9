"""The FIFO contract as a model that knows no clock: what a queue may hand over next, and no more.

Written from the contract, not from any transport. Receipts end by being run out, never by time.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from bus.base import Capabilities, DeadLetter, Delivery
    from bus.envelope import Envelope

MAX_ATTEMPTS = 3


@dataclass
class Expected:
    """A message that the queue holds, and whether somebody has it in hand."""

    envelope: Envelope
    attempts: int = 0
    reason: str = ""
    is_held: bool = False
    is_put_off: bool = False


@dataclass
class Copy:
    """A delivery that a consumer once had, and the attempt that it was."""

    delivery: Delivery
    message: Expected
    attempt: int


@dataclass
class Model:
    """Groups in their order, what was seen before, and what was set aside."""

    capabilities: Capabilities
    groups: defaultdict[str, deque[Expected]] = field(
        default_factory=lambda: defaultdict[str, deque[Expected]](deque)
    )
    seen: set[str] = field(default_factory=set[str])
    dead: list[tuple[UUID, str, int]] = field(default_factory=list[tuple[UUID, str, int]])

    def publish(self, envelope: Envelope) -> None:
        """Store it, unless its dedup id is known."""
        across = self.capabilities.deduplicates_across_groups
        known_as = envelope.dedup_id if across else f"{envelope.group}:{envelope.dedup_id}"
        if known_as not in self.seen:
            self.seen.add(known_as)
            self.groups[envelope.group].append(Expected(envelope))

    def available(self) -> dict[UUID, Expected]:
        """Return what may be handed over: the first of each group with nothing held."""
        firsts = [group[0] for group in self.groups.values() if group]
        return {
            message.envelope.id: message
            for message in firsts
            if not message.is_held and not message.is_put_off
        }

    def take(self, delivery: Delivery) -> Copy:
        """Check that this delivery was allowed, and remember it."""
        message = self.available()[delivery.envelope.id]
        message.attempts += 1
        message.is_held = True
        assert (delivery.attempt, delivery.envelope.attempt) == (message.attempts,) * 2
        return Copy(delivery, message, message.attempts)

    def ack(self, copy: Copy) -> None:
        """Finish it."""
        if self._is_current(copy):
            self._drop(copy.message)

    def bury(self, copy: Copy, reason: str) -> None:
        """Set it aside."""
        if self._is_current(copy):
            self._bury(copy.message, reason)

    def give_back(self, copy: Copy, *, reason: str | None = None, for_long: bool = False) -> None:
        """Give it back with a reason, or let it run out without one."""
        message = copy.message
        if not self._is_current(copy):
            return
        if reason is not None or not self.capabilities.remembers_reasons:
            message.reason = reason or ""
        if message.attempts >= MAX_ATTEMPTS:
            why = (
                f"attempts_exhausted: {message.reason}" if message.reason else "attempts_exhausted"
            )
            self._bury(message, why)
            return
        message.is_held = False
        message.is_put_off = for_long

    def assert_dead(self, found: list[DeadLetter]) -> None:
        """Check what the transport has set aside; those of one millisecond have no order."""
        shown = [(letter.id, letter.reason, letter.attempts) for letter in found]
        assert sorted(shown) == sorted(self.dead)

    def _is_current(self, copy: Copy) -> bool:
        message = copy.message
        return message.is_held and message.attempts == copy.attempt

    def _bury(self, message: Expected, reason: str) -> None:
        self.dead.append((message.envelope.id, reason, message.attempts))
        self._drop(message)

    def _drop(self, message: Expected) -> None:
        message.is_held = False
        assert self.groups[message.envelope.group].popleft() is message
