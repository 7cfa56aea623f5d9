"""The double's clock: the real one, set apart and carried forward at will."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.values import Clock


class VirtualClock:
    """A clock beside another one.

    Attributes:
        skew: How far it is ahead of the other.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.skew = timedelta(0)

    def now(self) -> datetime:
        """Return the time here."""
        return self._clock.now() + self.skew

    def ms(self) -> int:
        """Return the time here in milliseconds."""
        return int(self.now().timestamp() * 1000)
