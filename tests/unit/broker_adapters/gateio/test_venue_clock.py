"""Gate's clock as seen from here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broker_adapters.gateio.venue_clock import VenueClock, milliseconds
from bus.values import Clock

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


class StandingClock(Clock):
    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.instant.timestamp()


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=90), timedelta(seconds=-90)])
def test_difference_is_measured_halfway_between_question_and_answer(ahead: timedelta) -> None:
    ours = StandingClock()
    clock = VenueClock(ours)
    ours.instant = NOW + timedelta(milliseconds=200)

    clock.measured(NOW + timedelta(milliseconds=100) + ahead, asked_at=NOW)

    assert clock.skew_ms == ahead // timedelta(milliseconds=1)
    assert clock.now() == ours.instant + ahead
    assert clock.theirs(NOW) == NOW + ahead


def test_instant_is_rounded_down_to_the_millisecond() -> None:
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC)) == 1999
