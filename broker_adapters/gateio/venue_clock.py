"""Gate's clock as seen from here: its own readings, carried on by what never steps.

Our clock may be put right in mid-session, by more than a trade may be late in Gate's lists.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.values import Clock

_MS = timedelta(milliseconds=1)


class VenueClock:
    """Tells Gate's time from what was measured last, and how long ago; until then it is ours."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shown, self._shown_at = clock.now(), clock.monotonic()

    @property
    def skew_ms(self) -> int:
        """How far Gate's clock is ahead of ours, in milliseconds."""
        return self._ahead() // _MS

    def begun(self) -> float:
        """Return when a question begins, for `measured`."""
        return self._clock.monotonic()

    def measured(self, server_time: datetime, *, asked_at: float) -> None:
        """Take in what Gate's clock showed, halfway between question and answer."""
        self._shown, self._shown_at = server_time, (asked_at + self._clock.monotonic()) / 2

    def ours(self) -> datetime:
        """Return the time on our clock."""
        return self._clock.now()

    def now(self) -> datetime:
        """Return the time on Gate's clock."""
        return self._shown + timedelta(seconds=self._clock.monotonic() - self._shown_at)

    def theirs(self, instant: datetime) -> datetime:
        """Return what Gate's clock shows when ours shows this."""
        return instant + self._ahead()

    def _ahead(self) -> timedelta:
        return self.now() - self._clock.now()


def milliseconds(instant: datetime) -> int:
    """Return an instant as Gate writes it, rounded down."""
    return int(instant.timestamp() * 1000)
