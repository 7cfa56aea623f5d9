from __future__ import annotations

import math

import pytest

from bench.cases import CASES
from bench.speed import PROMISES, Promise, as_table

PROMISE = Promise("a step", "case.ratio", 1.5)


@pytest.mark.parametrize(
    ("measured", "verdict"), [(1.5, "met"), (1.6, "MISSED"), (math.nan, "MISSED")]
)
def test_promise_is_met_up_to_its_figure(measured: float, verdict: str) -> None:
    assert as_table({"case.ratio": measured}, (PROMISE,)).endswith(verdict)


def test_promise_that_was_not_measured_is_not_shown() -> None:
    assert as_table({"case.time": 1.0}, (PROMISE,)) == ""


def test_every_promise_is_a_figure_of_a_case() -> None:
    assert {promise.figure.partition(".")[0] for promise in PROMISES} <= set(CASES)
