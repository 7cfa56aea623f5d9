"""What can be made to go wrong with the next order, and with what is told of orders."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What becomes of the next `place_order`."""

    TIMEOUT_BEFORE = "timeout_before"  # never placed
    TIMEOUT_AFTER = "timeout_after"  # placed, and the answer lost
    OUTCOME_UNKNOWN = "outcome_unknown"  # placed, and a gateway says that it cannot tell
    UNREADABLE_AFTER = "unreadable_after"  # placed, and the answer cannot be decoded
    HOLD = "hold"  # placed only when it is released; the caller waits for its time-out
    NEVER_ACKNOWLEDGED = "never_acknowledged"  # for ever PendingSubmit, and nothing is told
    PLEASE_CHECK = "please_check"  # placed, and shown as failed with "check the order's status"
    NEW_WORDS = "new_words"  # placed, with a status that nobody knows in the answer


@dataclass
class Telling:
    """How events of orders are told.

    Attributes:
        deals_first: A deal comes before the order that it belongs to.
        twice: Each event comes twice.
        lost: None comes at all; the SDK's cache notices a gap in what follows.
        held: They come when `held` is switched off and something is told again.
    """

    deals_first: bool = False
    twice: bool = False
    lost: bool = False
    held: bool = False


@dataclass
class Plan:
    """The faults to come, first come first served."""

    coming: deque[Fault | None] = field(default_factory=deque["Fault | None"])

    def add(self, fault: Fault | None) -> None:
        """Let the next order meet a fault, or none."""
        self.coming.append(fault)

    def take(self) -> Fault | None:
        """Return what the order that just came meets."""
        return self.coming.popleft() if self.coming else None
