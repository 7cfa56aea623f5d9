"""Bodies of all kinds, each with what a careful person would take it for: orders, or a refusal."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from handlers.planning.planned import Planned, plan
from handlers.records.refusals import Refusal
from handlers.signals import Signal, SignalError, normalise
from tests.unit.handlers.planning.plan_builders import NOW, counted_ids, recognised


class Corpus(msgspec.Struct, frozen=True):
    about: str
    groups: dict[str, list[tuple[str, str]]]


CORPUS = msgspec.json.decode(
    Path(__file__).parents[3].joinpath("events", "bodies.json").read_bytes(), type=Corpus
)
WHOSE = recognised(default_quantity="7")


@pytest.mark.parametrize("group", CORPUS.groups)
def test_bodies_come_to_what_they_say(group: str) -> None:
    cases = CORPUS.groups[group]

    assert [(body, _outcome(body)) for body, _ in cases] == cases


def test_corpus_is_large_and_says_nothing_twice() -> None:
    bodies = [body for cases in CORPUS.groups.values() for body, _ in cases]

    assert len(bodies) == len(set(bodies)) >= 500


def _outcome(body: str) -> str:
    try:
        signals = normalise(body.encode()).signals
    except SignalError as error:
        return _refusal(error.code, error.field)
    plans = [_planned(signal) for signal in signals]
    refused = [plan for plan in plans if isinstance(plan, Refusal)]
    if refused:
        return _refusal(refused[0].code, refused[0].field)
    return " + ".join(said for plan in plans for said in _done(plan))


def _refusal(code: str, field: str | None) -> str:
    return f"400 {code} {field or ''}".rstrip()


def _planned(signal: Signal) -> Planned | Refusal:
    fired_at = signal.time or NOW
    return plan(signal, WHOSE, now=fired_at, received_at=fired_at, new_id=counted_ids())


def _done(planned: Planned | Refusal) -> tuple[str, ...]:
    assert isinstance(planned, Planned)
    cancelled = [f"cancel {cancel.symbol or 'all'}" for cancel in planned.cancels]
    return (*planned.summaries, *cancelled)
