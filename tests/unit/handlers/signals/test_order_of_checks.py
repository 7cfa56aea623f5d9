"""Bodies that break two rules: encoding, syntax, placeholder, typo, missing, values, conflicts."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.unit.handlers.signals.body_cases import (
    Refused,
    as_json,
    assert_means,
    assert_refused,
    refusal_of,
)

# What breaks each rule, in the order in which the rules are checked.
FAULTS: dict[str, dict[str, object]] = {
    "unresolved_placeholder": {"comment": "{{strategy.order.comment}}"},
    "unknown_field_typo": {"stopLos": 5},
    "missing_field": {"ticker": ...},
    "invalid_price": {"limitPrice": "high"},
    "conflicting_fields": {"qty": 7},
}


@pytest.mark.parametrize(("first", "second"), list(combinations(FAULTS, 2)))
def test_of_two_faults_the_earlier_check_speaks(first: str, second: str) -> None:
    assert_refused(as_json(**FAULTS[second], **FAULTS[first]), Refused(first))
    assert_refused(as_json(**FAULTS[first], **FAULTS[second]), Refused(first))


@pytest.mark.parametrize("fault", FAULTS)
def test_syntax_comes_before(fault: str) -> None:
    body = as_json(**FAULTS[fault])

    assert_refused(body[:-1] + ",}", Refused("malformed_json"))


@pytest.mark.parametrize("fault", FAULTS)
def test_encoding_comes_before_syntax(fault: str) -> None:
    body = as_json(**FAULTS[fault]).encode()[:-1] + b"\xff,}"

    assert refusal_of(body).code == "not_utf8"


def test_size_comes_before_encoding() -> None:
    assert refusal_of(b"\xff" * 20_000).code == "body_too_large"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Syntax, of a key that stands twice as well.
        ('{"ticker":"A","ticker":"B","action":"{{x}}"}', Refused("duplicate_key", "ticker")),
        # The dialect is told before its keys are read.
        (
            '{"bot_uuid":"b","product":"MIS","action":"{{x}}"}',
            Refused("ambiguous_payload"),
        ),
        # A typo inside a bracket is a typo.
        ('{"action":"buy","stopLoss":{"percnt":2}}', Refused("unknown_field_typo", "percnt")),
        # The ticker before the action.
        ('{"quantity":1}', Refused("missing_field", "ticker")),
        # A side that is missing, before a quantity that is none.
        (
            '{"ticker":"A","action":"buy","quantity":"x","market_position_size":"1"}',
            Refused("missing_field", "position"),
        ),
        # Values of both names, before their difference.
        (
            '{"ticker":"A","action":"buy","quantity":1,"qty":"x"}',
            Refused("invalid_quantity", "qty"),
        ),
        # Values, before a price that the order type needs, before conflicts.
        (
            '{"ticker":"A","action":"buy","type":"limit","quantity":"x"}',
            Refused("invalid_quantity", "quantity"),
        ),
        (
            '{"ticker":"A","action":"buy","type":"limit","quantity":1,"qty":2}',
            Refused("price_required", "limit_price"),
        ),
        # Two names that differ, before a position that contradicts.
        (
            '{"ticker":"A","action":"long_entry","position":"short","quantity":1,"qty":2}',
            Refused("conflicting_fields", "qty"),
        ),
        (
            '{"ticker":"A","action":"long_entry","position":"short","quantity":"x"}',
            Refused("invalid_quantity", "quantity"),
        ),
        # The same in other forms.
        ("60123456789,dance,EURUSD,sl={{x}}", Refused("unresolved_placeholder", "sl")),
        ("60123456789,dance,EURUSD,stoplos=1", Refused("unknown_field_typo", "stoplos")),
        ("60123456789,dance,,risk=1", Refused("missing_field", "ticker")),
        ("60123456789,dance,EURUSD,risk=x", Refused("invalid_action", "action")),
        ("60123456789,buy,EURUSD,risk=x,tp=1,tp_price=2", Refused("invalid_quantity", "risk")),
        ("command=DANCE;ticker={{x}}", Refused("unresolved_placeholder", "ticker")),
        ("command=DANCE;ticker=A;stoplos=1", Refused("unknown_field_typo", "stoplos")),
        ("command=DANCE;qty=1", Refused("missing_field", "ticker")),
        (
            '{"symbol":"A","data":"buy","tp":"x","percentage_tp":1}',
            Refused("invalid_take_profit", "tp"),
        ),
        (
            '{"symbol":"A","data":"hodl","quantity":1,"risk_percentage":1}',
            Refused("invalid_action", "data"),
        ),
        (
            '{"data":"buy","symbol":null,"quantity":1,"risk_percentage":1}',
            Refused("missing_field", "ticker"),
        ),
    ],
)
def test_earlier_check_speaks(body: str, expected: Refused) -> None:
    assert_refused(body, expected)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ticker": "{{ticker}}"}, "ticker"),
        ({"comment": "at {{close}}"}, "comment"),
        ({"mood": "{{plot_0}}"}, "mood"),
        ({"passphrase": "{{secret}}"}, "passphrase"),
        ({"takeProfit": {"percent": "{{plot_0}}"}}, "takeProfit"),
        ({"extras": {"a": [1, {"b": "{{plot_0}}"}]}}, "extras"),
        ({"extras": {"{{plot_0}}": 1}}, "extras"),
        ({"accounts": ["{{exchange}}"]}, "accounts"),
        ({"{{ticker}}": 1}, "{{ticker}}"),
        ({"strategy": {"order_action": "{{strategy.order.action}}"}}, "order_action"),
        ({"time": "{{timenow}}"}, "time"),
        ({"volume": "{{volume}}", "close": 1}, "volume"),
    ],
)
def test_placeholder_anywhere_names_its_field(fields: dict[str, object], field: str) -> None:
    assert_refused(as_json(**fields), Refused("unresolved_placeholder", field))


@pytest.mark.parametrize("comment", ["{ticker}", "{ {ticker} }", "}}", "50% {"])
def test_other_brackets_are_text(comment: str) -> None:
    assert_means(as_json(comment=comment), {"comment": comment})


def test_placeholder_without_its_end_is_one_too() -> None:
    assert_refused(as_json(comment="{{close}"), Refused("unresolved_placeholder", "comment"))
