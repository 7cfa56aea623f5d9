"""Why a message was set aside, out of its raw reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from broker_adapters.errors import (
    BrokerError,
    BrokerUnavailableError,
    InvalidPriceError,
    LedgerMismatchError,
)
from bus.base import EXHAUSTED
from bus.dispatch import GIVEN_UP
from bus.errors import BusError, SettingsError
from bus.messages import Message
from bus.verdicts import Retry
from handlers.control.why_dead import WhyDead, why_dead
from handlers.errors import HandlersError, MigrationError
from handlers.verdicts import judge

WORDS = Path(__file__).parents[4] / "spa/src/i18n"
# What only a mistake of ours lets a message meet.
FAULTS = {
    BusError, SettingsError, HandlersError, MigrationError, BrokerError, LedgerMismatchError,
    InvalidPriceError,
}  # fmt: skip


def below(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(each for child in kind.__subclasses__() for each in below(child))]


def ours() -> list[type[Exception]]:
    """Return the errors that the house's folders name; other tests' own are not among them."""
    known = [each for kind in (BusError, HandlersError, BrokerError) for each in below(kind)]
    homes = ("broker_adapters.errors", "bus.errors", "handlers.errors", "handlers.control.workers")
    return sorted((each for each in set(known) if each.__module__ in homes), key=str)


@pytest.mark.parametrize("kind", ours(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_error_of_the_house_has_a_meaning(kind: type[Exception]) -> None:
    is_fault = why_dead(kind.__name__) is WhyDead.FAULT

    assert is_fault == (kind in FAULTS)


def test_it_is_told_by_what_the_verdict_says() -> None:
    verdict = judge(BrokerUnavailableError("no answer"))

    assert isinstance(verdict, Retry)
    assert why_dead(f"{EXHAUSTED}: {verdict.reason}") is WhyDead.VENUE


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("UnroutableError: Drain", WhyDead.NOT_KNOWN),
        (f"{GIVEN_UP}: StoreUnavailableError: away", WhyDead.GIVEN_UP),
        (f"{EXHAUSTED}: TimeoutError", WhyDead.AWAY),
        (f"{EXHAUSTED}: KeyError: 'x'", WhyDead.FAULT),
        (EXHAUSTED, WhyDead.FAULT),
        ("", WhyDead.FAULT),
    ],
)
def test_a_reason_means_what_it_names(reason: str, why: WhyDead) -> None:
    assert why_dead(reason) is why


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_the_dashboard_has_words_for_each_and_for_what_to_do(language: str) -> None:
    words = json.loads((WORDS / language / "letters.json").read_text())

    assert set(words["why"]) == set(words["mend"]) == set(WhyDead)
    assert set(words["types"]) == {kind.__struct_config__.tag for kind in get_args(Message)}
