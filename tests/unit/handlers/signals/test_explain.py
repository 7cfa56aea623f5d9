from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.phrases import phrase
from handlers.signals import Code, SignalError
from handlers.signals.explain import Explained, Unexplained, explain, refused

BUY = b'{"ticker":"BTCUSDT","action":"buy","quantity":"0.010"}'


def printed(body: bytes, language: str = "en") -> dict[str, Any]:
    return json.loads(msgspec.json.encode(explain(body, language=language)))


def test_understood_body_is_explained() -> None:
    assert isinstance(explain(BUY), Explained)


def test_refused_body_is_unexplained() -> None:
    assert isinstance(explain(b""), Unexplained)


def test_understood_body_prints_these_keys() -> None:
    assert list(printed(BUY)) == ["status", "dialect", "signal", "meaning", "warnings"]


def test_understood_body_prints_ok() -> None:
    assert printed(BUY)["status"] == "ok"


def test_refused_body_prints_these_keys() -> None:
    assert list(printed(b"")) == ["status", "code", "message", "field", "line", "column", "hint"]


def test_refused_body_prints_its_code_and_null_for_what_is_absent() -> None:
    answer = printed(b"")

    assert (answer["status"], answer["code"], answer["field"], answer["line"]) == (
        "error",
        "empty_body",
        None,
        None,
    )


def test_malformed_json_prints_line_and_column() -> None:
    answer = printed(b'{"ticker":"BTCUSDT",\n "action":"buy",}')

    assert (answer["code"], answer["line"]) == ("malformed_json", 2)
    assert answer["column"] > 1


def test_digits_are_printed_as_they_were_sent() -> None:
    assert printed(BUY)["signal"]["quantity"] == "0.010"


def test_meaning_is_in_the_language_asked_for() -> None:
    assert printed(BUY, "zh-TW")["meaning"].startswith("以市價買進 0.010 BTCUSDT")


def test_array_prints_all_signals_and_the_first() -> None:
    answer = printed(b"[" + BUY + b"," + BUY.replace(b"buy", b"sell") + b"]")

    assert [one["action"] for one in answer["signals"]] == ["buy", "sell"]
    assert answer["signal"] == answer["signals"][0]


def test_array_of_one_prints_signals_too() -> None:
    assert len(printed(b" \xef\xbb\xbf [" + BUY + b"]")["signals"]) == 1


@pytest.mark.parametrize(
    ("words", "warns"),
    [
        ('"action":"buy"', True),
        ('"action":"long_entry"', True),
        ('"action":"reduce"', True),
        ('"action":"buy","quantity":1', False),
        ('"action":"buy","position":"flat"', False),
        ('"action":"exit"', False),
        ('"action":"reverse"', False),
        ('"action":"cancel"', False),
        ('"position_size":1', False),
        ('"position":"flat"', False),
        ('"position":"long"', True),
    ],
)
def test_missing_quantity_is_a_warning_where_one_is_needed(words: str, *, warns: bool) -> None:
    warnings = printed(b'{"ticker":"BTCUSDT",' + words.encode() + b"}")["warnings"]

    assert any("quantity is missing" in warning for warning in warnings) is warns


def test_missing_quantity_of_another_measure_is_no_default() -> None:
    warnings = printed(b'{"ticker":"A","action":"buy","quantityType":"quote"}')["warnings"]

    assert warnings == ["quantity is missing: notional needs one, and a strategy refuses the alert"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"ticker":"BTCUSDT","action":"buy","quantity":1,"wh_notreal":1,"order_id":"wh_notreal"}',
        b'{"ticker":"BTCUSDT","action":"buy","quantity":1,"passphrase":"notreal"}',
        b'{"ticker":"BTCUSDT","action":"{{wh_notreal}}","secret":"notreal"}',
        b'{"token":"wh_notreal","ticker":"BTCUSDT","action":"wh_notreal"}',
    ],
)
def test_secrets_are_never_printed(body: bytes) -> None:
    assert b"notreal" not in msgspec.json.encode(explain(body))


def test_tokens_in_a_refusal_are_masked() -> None:
    said = phrase("no_such_part", key="wh_notreal")
    error = SignalError(Code.MISSING_FIELD, said, field="wh_notreal", hint=said)

    answer = refused(error)

    masked = "`wh_***` has no such part."
    assert (answer.message, answer.field, answer.hint) == (masked, "wh_***", masked)


@given(st.binary(max_size=64) | st.text(max_size=64).map(str.encode))
def test_any_body_is_answered(body: bytes) -> None:
    assert printed(body)["status"] in {"ok", "error"}
