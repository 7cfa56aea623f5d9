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
        self.stepped = timedelta(0)

    def now(self) -> datetime:
        return self.instant + self.stepped

    def monotonic(self) -> float:
        return (self.instant - NOW).total_seconds()


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=90), timedelta(seconds=-90)])
def test_difference_is_measured_halfway_between_question_and_answer(ahead: timedelta) -> None:
    ours = StandingClock()
    clock = VenueClock(ours)
    ours.instant = NOW + timedelta(milliseconds=200)

    clock.measured(NOW + timedelta(milliseconds=100) + ahead, asked_at=0.0)

    assert clock.skew_ms == ahead // timedelta(milliseconds=1)
    assert clock.now() == ours.instant + ahead
    assert clock.theirs(NOW) == NOW + ahead


@pytest.mark.parametrize("step", [timedelta(seconds=45), timedelta(seconds=-45)])
def test_clock_of_ours_that_steps_moves_gate_s_not(step: timedelta) -> None:
    ours = StandingClock()
    clock = VenueClock(ours)
    clock.measured(NOW + timedelta(seconds=1), asked_at=0.0)
    ours.instant, ours.stepped = NOW + timedelta(seconds=9), step

    sent_by = ours.now() + timedelta(seconds=2)

    assert clock.now() == NOW + timedelta(seconds=10)
    assert clock.theirs(sent_by) == NOW + timedelta(seconds=12)


def test_instant_is_rounded_down_to_the_millisecond() -> None:
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC)) == 1999
