from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "entering long": (
        "ENTER-LONG BTCUSDT",
        {"dialect": "wundertrading", "action": "long_entry", "ticker": "BTCUSDT"},
    ),
    "entering short": (
        "ENTER-SHORT BINANCE:ETHUSDT.P",
        {"action": "short_entry", "exchange": "BINANCE"},
    ),
    "leaving long": ("EXIT-LONG BTCUSDT\n", {"action": "long_exit", "reduce_only": True}),
    "leaving short": ("exit-short btcusdt", {"action": "short_exit", "ticker": "BTCUSDT"}),
    "leaving all": ("EXIT-ALL BTCUSDT", {"action": "exit", "quantity": None}),
    "a bot's name behind": (
        "ENTER-LONG_BINANCE_BTCUSDT_My-Bot_4H_a1b2c3 BTCUSDT",
        {"dialect": "wundertrading", "action": "long_entry", "ticker": "BTCUSDT"},
    ),
}
REFUSED = {
    "no symbol": ("ENTER-LONG", Refused("missing_field", "ticker")),
    "a bot's name and no symbol": (
        "ENTER-LONG_BINANCE_BTCUSDT_My-Bot_4H_a1b2c3",
        Refused("missing_field", "ticker"),
    ),
    "leaving all of no symbol": ("EXIT-ALL", Refused("missing_field", "ticker")),
    "a symbol that was not filled in": (
        "ENTER-LONG {{ticker}}",
        Refused("unresolved_placeholder", "ticker"),
    ),
    "a bot's name that was not filled in": (
        "ENTER-LONG_{{exchange}} BTCUSDT",
        Refused("unresolved_placeholder", "ticker"),
    ),
    "more than a symbol": ("ENTER-LONG BTCUSDT 1", Refused("unrecognised_text")),
    "another code": ("ENTER-ALL BTCUSDT", Refused("unrecognised_text")),
    "a code with more on it": ("EXIT-ALLX BTCUSDT", Refused("unrecognised_text")),
    "a symbol that is none": ("ENTER-LONG BTC$", Refused("invalid_ticker", "ticker")),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
