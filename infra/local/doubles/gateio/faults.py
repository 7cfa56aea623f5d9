"""How the double breaks: one fault for the next order, or shares of all of them."""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from random import Random

import msgspec


class Fault(StrEnum):
    """What becomes of one order's request; `after` it is committed, `before` it is not."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    HOLD_BEFORE = "hold_before"
    FAIL_BEFORE = "fail_before"
    FAIL_AFTER = "fail_after"
    HTML_AFTER = "html_after"
    TRUNCATE_AFTER = "truncate_after"
    NEW_WORDS = "new_words"
    LATE_AFTER = "late_after"


class Hostility(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of all orders; together no more than 1."""

    late_share: float = 0.0
    late_ms: tuple[int, int] = (60, 200)
    swallow_share: float = 0.0
    fail_share: float = 0.0


class FaultPlan:
    """Says what is to become of each order's request."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable bad luck
        self._next: deque[Fault] = deque()
        self.hostility = Hostility()

    def add(self, fault: Fault) -> None:
        """Let this become of the next order that has none yet."""
        self._next.append(fault)

    def take(self) -> Fault | None:
        """Return what becomes of the order that just came."""
        if self._next:
            return self._next.popleft()
        chance, shares = self._random.random(), self.hostility
        for share, fault in (
            (shares.swallow_share, Fault.DROP_AFTER),
            (shares.fail_share, Fault.FAIL_AFTER),
            (shares.late_share, Fault.LATE_AFTER),
        ):
            if chance < share:
                return fault
            chance -= share
        return None

    def late_s(self) -> float:
        """Return how late a late answer is."""
        least, most = self.hostility.late_ms
        return self._random.uniform(least, most) / 1000
