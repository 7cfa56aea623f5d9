from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "a long entry": (
        '{"action":"long_entry","symbol":"TXFR1","quantity":1,"timestamp":"2026-11-20T09:46:03+08:00"}',
        {
            "dialect": "fourpass",
            "ticker": "TXFR1",
            "action": "long_entry",
            "quantity": "1",
            "time": "2026-11-20T01:46:03Z",
            "reduce_only": False,
        },
    ),
    "a short entry": (
        '{"action":"short_entry","symbol":"MXFR1","quantity":2}',
        {"dialect": "fourpass", "action": "short_entry"},
    ),
    "a long exit": (
        '{"action":"long_exit","symbol":"MXFR1"}',
        {"dialect": "fourpass", "action": "long_exit", "reduce_only": True, "quantity": None},
    ),
    "a short exit that says it is none": (
        '{"action":"short_exit","symbol":"MXFR1","reduce_only":false,"quantity":0}',
        {"action": "short_exit", "reduce_only": True, "quantity": "0"},
    ),
    "in capitals": (
        '{"ACTION":"LONG_ENTRY","SYMBOL":"txf1!","QUANTITY":"3"}',
        {"dialect": "fourpass", "ticker": "TXF1!", "action": "long_entry"},
    ),
    "with a secret": (
        '{"secret":"notreal","action":"Long-Entry","symbol":"TXFR1","quantity":1}',
        {"dialect": "fourpass"},
    ),
    "before the marks of traderspost": (
        '{"action":"long_entry","ticker":"TXFR1","sentiment":"long","orderType":"market"}',
        {"dialect": "fourpass", "position": "long"},
    ),
    "before a nested strategy": (
        '{"action":"long_entry","ticker":"TXFR1","strategy":{"order_action":"long_entry"}}',
        {"dialect": "fourpass"},
    ),
    "another word for an entry is nobody's own": (
        '{"action":"enter_long","ticker":"TXFR1"}',
        {"dialect": "plain", "action": "long_entry"},
    ),
    "the side says it": (
        '{"side":"long_entry","ticker":"TXFR1"}',
        {"dialect": "plain", "action": "long_entry"},
    ),
    "a Taiwanese stock": (
        '{"action":"long_entry","symbol":"TWSE:2330","quantity":1000}',
        {"ticker": "2330", "exchange": "TWSE", "quantity": "1000"},
    ),
}
REFUSED = {
    "entering long to end short": (
        '{"action":"long_entry","symbol":"TXFR1","position":"short"}',
        Refused("action_position_conflict", "position"),
    ),
    "entering short to hold a long size": (
        '{"action":"short_entry","symbol":"TXFR1","position_size":"1"}',
        Refused("action_position_conflict", "position_size"),
    ),
    "entering nothing": (
        '{"action":"long_entry","symbol":"TXFR1","quantity":0}',
        Refused("invalid_quantity", "quantity"),
    ),
    "no symbol": ('{"action":"long_entry","quantity":1}', Refused("missing_field", "ticker")),
    "a time that is none": (
        '{"action":"long_entry","symbol":"TXFR1","timestamp":"20/11/2026"}',
        Refused("invalid_time", "timestamp"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
