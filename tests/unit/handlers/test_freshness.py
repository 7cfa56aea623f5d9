from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.freshness import FUTURE_TOLERANCE, Asked, Fresh, judge_age, on_bar_boundary
from handlers.limits import Denied
from handlers.records import StrategySettings

NOW = datetime(2026, 11, 20, 9, 31, 17, 250_000, tzinfo=UTC)


def judged(
    *,
    sent_s_ago: float | None,
    is_exit: bool = False,
    max_age_s: float | None = None,
    settings: StrategySettings | None = None,
    interval: str | None = None,
) -> Fresh | Denied:
    asked = Asked(
        time=None if sent_s_ago is None else NOW - timedelta(seconds=sent_s_ago),
        interval=interval,
        max_age=None if max_age_s is None else timedelta(seconds=max_age_s),
        received_at=NOW - timedelta(milliseconds=5),
    )
    return judge_age(asked, settings or StrategySettings(), now=NOW, is_exit=is_exit)


def code_of(fresh: Fresh | Denied) -> str:
    return fresh.code if isinstance(fresh, Denied) else "fresh"


@pytest.mark.parametrize(
    ("sent_s_ago", "entry", "exit_"),
    [
        (0, "fresh", "fresh"),
        (59.9, "fresh", "fresh"),
        (60, "stale_signal", "fresh"),
        (899, "stale_signal", "fresh"),
        (900, "stale_signal", "stale_signal"),
        (-29, "fresh", "fresh"),
        (-31, "future_signal", "future_signal"),
        (None, "fresh", "fresh"),
    ],
)
def test_entries_expire_fast_and_exits_late(
    sent_s_ago: float | None, entry: str, exit_: str
) -> None:
    assert code_of(judged(sent_s_ago=sent_s_ago)) == entry
    assert code_of(judged(sent_s_ago=sent_s_ago, is_exit=True)) == exit_


def test_age_counts_from_the_alerts_own_time() -> None:
    fresh = judged(sent_s_ago=50)

    assert fresh == Fresh(expires_at=NOW + timedelta(seconds=10))


def test_without_a_time_age_counts_from_receipt() -> None:
    fresh = judged(sent_s_ago=None)

    assert fresh == Fresh(expires_at=NOW - timedelta(milliseconds=5) + timedelta(seconds=60))


def test_a_clock_that_runs_ahead_gains_no_time() -> None:
    fresh = judged(sent_s_ago=-20)

    assert fresh == Fresh(expires_at=NOW - timedelta(milliseconds=5) + timedelta(seconds=60))


@pytest.mark.parametrize(("max_age_s", "lasts_s"), [(10, 10), (3600, 60), (0, None)])
def test_max_age_only_tightens(max_age_s: float, lasts_s: float | None) -> None:
    fresh = judged(sent_s_ago=1, max_age_s=max_age_s)

    if lasts_s is None:
        assert code_of(fresh) == "stale_signal"
    else:
        assert fresh == Fresh(expires_at=NOW - timedelta(seconds=1) + timedelta(seconds=lasts_s))


def test_a_strategy_sets_its_own_limits() -> None:
    patient = StrategySettings(entry_ttl_s=300)

    assert code_of(judged(sent_s_ago=200, settings=patient)) == "fresh"


def test_the_age_of_a_bar_time_counts_from_receipt() -> None:
    # 77.25 s before now is 09:30:00.
    fresh = judged(sent_s_ago=77.25, interval="15")

    assert isinstance(fresh, Fresh)
    assert fresh.is_bar_time
    assert fresh.expires_at > NOW + timedelta(seconds=59)


def test_a_strict_strategy_takes_a_bar_time_for_a_time() -> None:
    strict = StrategySettings(strict_time=True)

    assert code_of(judged(sent_s_ago=77.25, interval="15", settings=strict)) == "stale_signal"


def test_a_bar_far_ahead_is_no_bar() -> None:
    assert code_of(judged(sent_s_ago=-102.75)) == "future_signal"


@pytest.mark.parametrize(
    ("clock", "interval", "is_boundary"),
    [
        ("09:30:00", "15", True),
        ("09:37:00", "15", False),
        ("09:37:00", None, True),
        ("09:37:01", None, False),
        ("09:37:00", "1", True),
        ("09:35:00", "5", True),
        ("09:36:00", "5", False),
        ("00:45:00", "60", True),  # TAIFEX opens at 08:45 in Taipei
        ("01:45:00", "240", True),
        ("01:40:00", "60", False),
        ("01:00:00", "D", True),
        ("01:00:00", "1D", True),
        ("01:00:01", "W", False),
        ("09:30:30", "30S", True),
        ("09:30:31", "30S", False),
        ("09:30:00", "renko", True),
        ("09:30:31", "renko", False),
        ("09:30:00", "0", True),
    ],
)
def test_bars_begin_on_boundaries(clock: str, interval: str | None, *, is_boundary: bool) -> None:
    time = datetime.fromisoformat(f"2026-11-20T{clock}+00:00")

    assert on_bar_boundary(time, interval) is is_boundary


@given(
    minutes=st.sampled_from([1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 120, 180, 240]),
    bar=st.integers(0, 1000),
    opening=st.sampled_from([0, 15, 30, 45]),
)
def test_every_bar_of_a_session_begins_on_a_boundary(minutes: int, bar: int, opening: int) -> None:
    time = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=opening + bar * minutes)

    assert on_bar_boundary(time, str(minutes))


@given(ahead=st.floats(0.001, 10**6), interval=st.none() | st.just("60"))
def test_nothing_sent_beyond_the_tolerance_ahead_passes(ahead: float, interval: str | None) -> None:
    fresh = judged(sent_s_ago=-(FUTURE_TOLERANCE.total_seconds() + ahead), interval=interval)

    assert code_of(fresh) == "future_signal"
