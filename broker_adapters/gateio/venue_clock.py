"""Gate's clock as seen from here: its own readings, carried on by ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.values import Clock

_MS = timedelta(milliseconds=1)


class VenueClock:
    """Tells Gate's time from the difference that was measured last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = timedelta(0)

    @property
    def skew_ms(self) -> int:
        """How far Gate's clock is ahead of ours, in milliseconds."""
        return self._ahead // _MS

    def measured(self, server_time: datetime, *, asked_at: datetime) -> None:
        """Take in what Gate's clock showed, halfway between question and answer."""
        answered_at = self._clock.now()
        self._ahead = server_time - (asked_at + (answered_at - asked_at) / 2)

    def ours(self) -> datetime:
        """Return the time on our clock."""
        return self._clock.now()

    def now(self) -> datetime:
        """Return the time on Gate's clock."""
        return self._clock.now() + self._ahead

    def theirs(self, instant: datetime) -> datetime:
        """Return what Gate's clock shows when ours shows this."""
        return instant + self._ahead


def milliseconds(instant: datetime) -> int:
    """Return an instant as Gate writes it, rounded down."""
    return int(instant.timestamp() * 1000)
