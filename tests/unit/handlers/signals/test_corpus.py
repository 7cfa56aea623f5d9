"""The bodies that TradingView users send, each with what it must mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from handlers.signals import SignalError, normalise
from handlers.signals.printing import printable


class Case(msgspec.Struct, frozen=True):
    name: str
    body: str
    expect: dict[str, Any]


class Corpus(msgspec.Struct, frozen=True):
    cases: tuple[Case, ...]


CASES = msgspec.json.decode(
    Path(__file__).parents[3].joinpath("events", "alerts.json").read_bytes(), type=Corpus
).cases
_AT_THE_TOP = {"status", "dialect", "code", "field", "warnings_contain"}


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.expect["status"] == "ok"], ids=lambda c: c.name
)
def test_body_means_what_the_corpus_says(case: Case) -> None:
    normalised = normalise(case.body.encode())

    signal = printable(normalised.signals[0])
    expected = {name: value for name, value in case.expect.items() if name not in _AT_THE_TOP}
    assert {name: signal[name] for name in expected} == expected
    assert case.expect.get("dialect", normalised.dialect) == normalised.dialect
    word = case.expect.get("warnings_contain", "")
    assert not word or any(word in str(warning) for warning in normalised.warnings)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.expect["status"] != "ok"], ids=lambda c: c.name
)
def test_body_is_refused_as_the_corpus_says(case: Case) -> None:
    with pytest.raises(SignalError) as refusal:
        normalise(case.body.encode())

    error = refusal.value
    assert error.code == case.expect["code"]
    assert case.expect.get("field", error.field) == error.field
    assert (error.line is not None) == (error.code == "malformed_json")
