from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from bench.budgets import Budget
from bench.gating import confirmed, failing

if TYPE_CHECKING:
    from collections.abc import Callable

BUDGETS = {
    "a.kept": Budget(stage="claimed", max=2.0, gates=True, why=""),
    "a.missed": Budget(stage="claimed", max=2.0, gates=True, why=""),
    "a.reported": Budget(stage="claimed", max=2.0, gates=False, why=""),
}
FIRST = {"a.kept": 1.0, "a.missed": 3.0, "a.reported": 9.0}


def measured(**figures: float) -> Callable[[], dict[str, float]]:
    return lambda: {f"a.{name}": value for name, value in figures.items()}


def never() -> dict[str, float]:
    pytest.fail("measured anew without a reason")


def test_gate_that_is_missed_once_and_kept_then_does_not_fail() -> None:
    figures = confirmed(FIRST, BUDGETS, measured(kept=1.0, missed=1.9, reported=1.0))

    assert failing(figures, BUDGETS) == set()


def test_gate_that_is_missed_twice_fails() -> None:
    figures = confirmed(FIRST, BUDGETS, measured(kept=1.0, missed=2.1, reported=1.0))

    assert failing(figures, BUDGETS) == {"a.missed"}


def test_gate_that_was_kept_is_not_asked_again() -> None:
    figures = confirmed(FIRST, BUDGETS, measured(kept=7.0, missed=1.0, reported=1.0))

    assert figures == {"a.kept": 1.0, "a.missed": 1.0, "a.reported": 9.0}


def test_gate_without_its_figure_the_second_time_fails() -> None:
    figures = confirmed(FIRST, BUDGETS, measured(kept=1.0))

    assert failing(figures, BUDGETS) == {"a.missed"}


def test_figure_that_is_no_number_is_measured_anew() -> None:
    first = {**FIRST, "a.missed": math.nan}

    figures = confirmed(first, BUDGETS, measured(missed=1.0))

    assert failing(figures, BUDGETS) == set()


def test_nothing_is_measured_anew_while_all_gates_are_kept() -> None:
    first = {**FIRST, "a.missed": 2.0}

    assert confirmed(first, BUDGETS, never) == first
