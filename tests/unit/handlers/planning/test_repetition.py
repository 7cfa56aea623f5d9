from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.planning.repetition import Repetition, repetition_of
from tests.unit.handlers.planning.plan_builders import NOW, a_signal, recognised

WHOSE = {window: recognised(dedupe_window_s=window).strategy for window in (0, 30)}


def repeated(
    window_s: int = 30, *, action: str = "buy", index: int = 0, **fields: Any
) -> Repetition:
    signal = a_signal(action, quantity="1", **fields)
    return repetition_of(signal, WHOSE[window_s], index=index)


@pytest.mark.parametrize(
    ("fields", "window"),
    [
        ({"time": NOW}, None),
        ({"time": NOW, "id": "a"}, None),
        ({"id": "a"}, timedelta(hours=24)),
        ({}, timedelta(seconds=30)),
    ],
)
def test_what_an_alert_says_of_itself_sets_the_window(
    fields: dict[str, Any], window: timedelta | None
) -> None:
    first, second = repeated(**fields), repeated(**fields)

    assert first.dedupe.window == window
    assert first.dedupe == second.dedupe


@pytest.mark.parametrize(
    "differing", [{"time": NOW}, {"id": "b"}, {"index": 1}, {"action": "sell"}]
)
def test_whatever_differs_makes_another_alert(differing: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"id": "a"}

    assert repeated(**fields).dedupe.hash != repeated(**{**fields, **differing}).dedupe.hash


@pytest.mark.parametrize(("window_s", "action"), [(0, "buy"), (0, "ping"), (30, "ping")])
def test_where_nothing_counts_as_a_resend_every_alert_is_new(window_s: int, action: str) -> None:
    first, second = (repeated(window_s, action=action) for _ in range(2))

    assert first.dedupe.hash != second.dedupe.hash
    assert first.dedupe.window is None


def test_a_time_counts_even_where_the_window_is_off() -> None:
    assert repeated(0, time=NOW).dedupe == repeated(0, time=NOW).dedupe


@pytest.mark.parametrize("window_s", [0, 30])
def test_without_time_or_id_a_better_alert_is_recommended(window_s: int) -> None:
    assert "{{timenow}}" in str(repeated(window_s).warnings[0])
    assert repeated(window_s, time=NOW).warnings == ()
    assert repeated(window_s, id="a").warnings == ()


def test_the_same_alert_of_another_strategy_is_another() -> None:
    signal = a_signal("buy", quantity="1", time=NOW)

    first, second = (repetition_of(signal, strategy) for strategy in WHOSE.values())

    assert first.dedupe.hash != second.dedupe.hash
