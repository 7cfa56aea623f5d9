from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.planning.freshness import FUTURE_TOLERANCE, Fresh, judge_age
from handlers.records.accounts import StrategySettings
from handlers.records.refusals import Refusal
from tests.unit.handlers.planning.plan_builders import NOW, RECEIVED_AT, a_signal


def judged(
    *,
    sent_s_ago: float | None,
    is_exit: bool = False,
    max_age_s: str | None = None,
    settings: StrategySettings | None = None,
    is_bar_time: bool = False,
) -> Fresh | Refusal:
    signal = a_signal(
        time=None if sent_s_ago is None else NOW - timedelta(seconds=sent_s_ago),
        is_bar_time=is_bar_time,
        max_age=None if max_age_s is None else Decimal(max_age_s),
    )
    return judge_age(
        signal,
        settings or StrategySettings(),
        now=NOW,
        received_at=RECEIVED_AT,
        is_exit=is_exit,
    )


def code_of(fresh: Fresh | Refusal) -> str:
    return fresh.code if isinstance(fresh, Refusal) else "fresh"


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

    assert fresh == Fresh(expires_at=RECEIVED_AT + timedelta(seconds=60))


def test_a_clock_that_runs_ahead_gains_no_time() -> None:
    fresh = judged(sent_s_ago=-20)

    assert fresh == Fresh(expires_at=RECEIVED_AT + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("max_age_s", "lasts_s"), [("10", 10), ("0.5", None), ("3600", 60), ("9" * 15, 60), ("0", None)]
)
def test_max_age_only_tightens(max_age_s: str, lasts_s: int | None) -> None:
    fresh = judged(sent_s_ago=1, max_age_s=max_age_s)

    if lasts_s is None:
        assert code_of(fresh) == "stale_signal"
    else:
        assert fresh == Fresh(expires_at=NOW - timedelta(seconds=1) + timedelta(seconds=lasts_s))


def test_a_strategy_sets_its_own_limits() -> None:
    patient = StrategySettings(entry_ttl_s=300)

    assert code_of(judged(sent_s_ago=200, settings=patient)) == "fresh"


def test_the_age_of_a_bar_time_counts_from_receipt() -> None:
    fresh = judged(sent_s_ago=14_400, is_bar_time=True)

    assert fresh == Fresh(expires_at=RECEIVED_AT + timedelta(seconds=60))


def test_a_strict_strategy_takes_a_bar_time_for_a_time() -> None:
    strict = StrategySettings(strict_time=True)

    assert code_of(judged(sent_s_ago=61, is_bar_time=True, settings=strict)) == "stale_signal"


@given(ahead=st.floats(0.001, 10**6), is_bar_time=st.booleans())
def test_nothing_sent_beyond_the_tolerance_ahead_passes(ahead: float, *, is_bar_time: bool) -> None:
    seconds = FUTURE_TOLERANCE.total_seconds() + ahead

    assert code_of(judged(sent_s_ago=-seconds, is_bar_time=is_bar_time)) == "future_signal"
