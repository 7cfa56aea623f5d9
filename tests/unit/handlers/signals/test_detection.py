"""Which dialect a body is of: the first mark that fits, and never a guess."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from handlers.signals import normalise
from tests.unit.handlers.signals.body_cases import Refused, as_json, assert_means, assert_refused

MARKS = {
    "threecommas": {"bot_uuid": "b"},
    "pickmytrade": {"data": "buy", "symbol": "BTCUSDT"},
    "openalgo": {"product": "MIS"},
    "nested": {"strategy": {"order_action": "buy"}},
}
WEAKER = {
    "fourpass": {"action": "long_entry"},
    "traderspost": {"sentiment": "long"},
    "plain": {"mood": "great"},
}


@pytest.mark.parametrize("dialect", MARKS)
def test_mark_names_the_dialect(dialect: str) -> None:
    assert_means(as_json(**MARKS[dialect]), {"dialect": dialect})


@pytest.mark.parametrize("mark", ["strategy_info", "bot_uuid", "BOT-UUID", "StrategyInfo"])
def test_either_mark_of_threecommas_will_do(mark: str) -> None:
    assert_means(as_json(**{mark: {}}), {"dialect": "threecommas"})


@pytest.mark.parametrize(
    "mark", [{"pricetype": "MARKET"}, {"product": "MIS"}, {"PriceType": "mkt"}]
)
def test_either_mark_of_openalgo_will_do(mark: dict[str, str]) -> None:
    assert_means(as_json(**mark), {"dialect": "openalgo"})


@pytest.mark.parametrize("half", [{"data": "buy"}, {"symbol": "BTCUSDT"}])
def test_half_a_mark_of_pickmytrade_is_none(half: dict[str, str]) -> None:
    assert_means(as_json(**half), {"dialect": "plain"})


@pytest.mark.parametrize("pair", list(combinations(MARKS, 2)), ids="+".join)
def test_marks_of_two_bridges_are_ambiguous(pair: tuple[str, str]) -> None:
    body = as_json(**MARKS[pair[0]], **MARKS[pair[1]])

    assert_refused(body, Refused("ambiguous_payload"))


@pytest.mark.parametrize("weaker", WEAKER)
@pytest.mark.parametrize("dialect", ["threecommas", "pickmytrade", "openalgo"])
def test_bridges_come_before_weaker_marks(dialect: str, weaker: str) -> None:
    fields = {"action": "buy", **WEAKER[weaker], **MARKS[dialect]}
    if weaker == "fourpass" and dialect == "pickmytrade":
        fields["data"] = "long_entry"

    assert_means(as_json(**fields), {"dialect": dialect})


@pytest.mark.parametrize(
    ("fields", "dialect"),
    [
        ({**WEAKER["fourpass"], **WEAKER["traderspost"]}, "fourpass"),
        ({**WEAKER["fourpass"], "strategy": {"order_action": "long_entry"}}, "fourpass"),
        ({**WEAKER["traderspost"], **MARKS["nested"]}, "traderspost"),
        ({**WEAKER["plain"], **MARKS["nested"]}, "nested"),
        (WEAKER["plain"], "plain"),
    ],
)
def test_first_that_fits_wins(fields: dict[str, object], dialect: str) -> None:
    assert_means(as_json(**fields), {"dialect": dialect})


@pytest.mark.parametrize("action", ["long_entry", "LONG_EXIT", "shortEntry", "short-exit"])
def test_own_actions_are_the_mark_of_fourpass(action: str) -> None:
    assert_means(as_json(action=action), {"dialect": "fourpass"})


@pytest.mark.parametrize(
    ("body", "dialect"),
    [
        ("60123456789,buy,EURUSD", "pineconnector"),
        ("1234567890,buy,EURUSD", "pineconnector"),
        ("ticker=A;action=buy", "keyvalue"),
        ("ticker=A\naction=buy", "keyvalue"),
        ("ticker=A;\naction=buy;\n", "keyvalue"),
        ("ENTER-LONG A", "wundertrading"),
        ("buy A", "text"),
        ("A buy", "text"),
    ],
)
def test_text_is_told_by_its_form(body: str, dialect: str) -> None:
    assert_means(body, {"dialect": dialect})


@pytest.mark.parametrize(
    "body",
    ["hello", "buy", "buy A and hold", "<xml/>", "A;B", "ENTER LONG A 1 2"],
)
def test_other_text_is_not_guessed_at(body: str) -> None:
    assert_refused(body, Refused("unrecognised_text"))


def test_array_holds_commands_of_their_own_dialects() -> None:
    body = json.dumps(
        [
            {"ticker": "A", "action": "buy", "sentiment": "long"},
            {"ticker": "B", "action": "sell", "pricetype": "MARKET", "price": "0"},
        ]
    )

    understood = normalise(body.encode())

    assert understood.dialect == "traderspost"
    assert [signal.ticker for signal in understood.signals] == ["A", "B"]


def test_one_bad_command_refuses_the_array() -> None:
    body = '[{"ticker":"A","action":"buy"},{"ticker":"B","action":"hodl"}]'

    assert_refused(body, Refused("invalid_action", "action"))


def test_warnings_of_all_commands_are_told_once_each() -> None:
    body = '[{"ticker":"A","action":"buy","mood":1},{"ticker":"B","action":"buy","mood":2,"x1":3}]'

    warnings = normalise(body.encode()).warnings

    assert [str(warning).split(":")[0] for warning in warnings] == [
        "unknown field mood",
        "unknown field x1",
    ]
