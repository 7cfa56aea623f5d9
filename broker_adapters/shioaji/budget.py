"""What may still be asked of SinoPac: operations, questions and logins, each within its window.

Source: SinoPac's limits (250 order operations in 10 s, 25 accounting questions in 5 s, 1,000 logins
a day, 5 sessions a person); one page says more, so the least counts, with room to spare. Whoever
asks more is shut out for a minute, then for the day.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from enum import Enum
from random import Random

_OPERATIONS, _OPERATIONS_S = 200, 10.0
_QUESTIONS, _QUESTIONS_S = 20, 5.0
_LOGINS, _LOGINS_S = 20, 3600.0
_SUSPENDED_S = 60.0
_JITTER_S = 15.0
_TAKEN_WITHIN_S, _TAKEN_FOR_S = 600.0, 300.0
_ROOM_S = 0.05


class Share(Enum):
    """How much of the operations a kind of them may use up: cancels always find some left."""

    ORDER = 140
    LOOK = 170
    CANCEL = 200


class Window:
    """So many in so many seconds, on a monotonic clock."""

    def __init__(self, most: int, span_s: float) -> None:
        self._most = most
        self._span = span_s
        self._at: deque[float] = deque()

    def wait_s(self, now: float, *, n: int = 1, most: int | None = None) -> float:
        """Return how long until `n` more are allowed; 0 if they are."""
        while self._at and self._at[0] <= now - self._span:
            self._at.popleft()
        over = len(self._at) + n - (most or self._most)
        if over <= 0:
            return 0.0
        return self._at[min(over, len(self._at)) - 1] + self._span - now if self._at else self._span

    def take(self, now: float, *, n: int = 1) -> None:
        """Count `n` as used."""
        self._at.extend([now] * n)


class Budget:
    """What one session may ask."""

    def __init__(self) -> None:
        self._operations = Window(_OPERATIONS, _OPERATIONS_S)
        self._questions = Window(_QUESTIONS, _QUESTIONS_S)

    def wait(self, now: float, share: Share, *, n: int = 1) -> timedelta | None:
        """Return how long `n` operations of a kind have to wait; `None` if they may be made."""
        seconds = self._operations.wait_s(now, n=n, most=share.value)
        return timedelta(seconds=seconds + _ROOM_S) if seconds else None

    def take(self, now: float, *, n: int = 1) -> None:
        """Count operations as made."""
        self._operations.take(now, n=n)

    def may_ask(self, now: float) -> bool:
        """Count one accounting question, if it may be asked."""
        if self._questions.wait_s(now):
            return False
        self._questions.take(now)
        return True


class Logins:
    """The logins of one key, over all sessions of this process."""

    def __init__(self, seed: int | None = None) -> None:
        self._window = Window(_LOGINS, _LOGINS_S)
        self._random = Random(seed)  # noqa: S311 - spreads tries, hides nothing
        self._not_before = 0.0
        self._taken: deque[float] = deque(maxlen=2)

    def wait_s(self, now: float) -> float:
        """Return how long the next login has to wait; 0 if it may be made."""
        return max(self._window.wait_s(now), self._not_before - now, 0.0)

    def take(self, now: float) -> None:
        """Count a login."""
        self._window.take(now)

    def suspend(self, now: float) -> None:
        """Stay away for a minute and a bit: SinoPac said that it was too much."""
        pause = _SUSPENDED_S + self._random.uniform(1.0, _JITTER_S)
        self._not_before = max(self._not_before, now + pause)

    def note_taken(self, now: float) -> bool:
        """Take in that a session was ended from outside; tells whether it is a fight for it.

        The first time it is simply opened again. A second time within minutes another program
        wants it too, and going on would only push that one out in turn.
        """
        self._taken.append(now)
        is_fight = len(self._taken) > 1 and now - self._taken[0] < _TAKEN_WITHIN_S
        if is_fight:
            self._not_before = max(self._not_before, now + _TAKEN_FOR_S)
        return is_fight
