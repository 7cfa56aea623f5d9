from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "buy": (
        "buy ETHUSDT 1.5",
        {
            "dialect": "text",
            "action": "buy",
            "ticker": "ETHUSDT",
            "quantity": "1.5",
            "quantity_type": "fixed_quantity",
        },
    ),
    "sell": ("SELL ethusdt", {"action": "sell", "ticker": "ETHUSDT", "quantity": None}),
    "long": ("long TXF1! 1", {"action": "long_entry", "ticker": "TXF1!"}),
    "short": ("Short TXF1! 1", {"action": "short_entry"}),
    "close": ("close BTCUSDT\r\n", {"action": "exit", "reduce_only": True}),
    "exit": ("exit BTCUSDT", {"action": "exit"}),
    "flat": ("flat BTCUSDT", {"action": "exit"}),
    "cancel": ("cancel BTCUSDT", {"action": "cancel"}),
    "reverse": ("reverse BTCUSDT 2", {"action": "reverse", "quantity": "2"}),
    "the symbol first": ("BTCUSDT close", {"action": "exit", "ticker": "BTCUSDT"}),
    "the symbol first, and how much": (
        "TWSE:2330 buy 2",
        {"ticker": "2330", "exchange": "TWSE", "quantity": "2"},
    ),
    "a symbol of digits": ("buy 2330 1", {"ticker": "2330", "quantity": "1"}),
    "tabs and spaces": ("  buy\tETHUSDT   1 ", {"dialect": "text", "quantity": "1"}),
    "a part of the equity": (
        "buy BTCUSDT 5%",
        {"quantity": "5", "quantity_type": "percent_of_equity"},
    ),
    "a short by a part of the equity": (
        "short BTCUSDT 12.50%",
        {"quantity": "12.50", "quantity_type": "percent_of_equity"},
    ),
    "an amount of money": (
        "buy BTCUSDT 300$",
        {"quantity": "300", "quantity_type": "notional"},
    ),
    "half of what is held": (
        "close BTCUSDT 50%",
        {"quantity": "50", "quantity_type": "percent_of_position"},
    ),
    "a named quantity": ("buy BTCUSDT q=0.01", {"quantity": "0.01"}),
    "a named quantity in capitals": ("sell BTCUSDT Q=2", {"quantity": "2"}),
    "the same twice": ("buy BTCUSDT 2 q=2.0", {"quantity": "2"}),
    "an exponent": ("buy BTCUSDT 1e-3", {"quantity": "0.001"}),
    "a perpetual": ("buy GATEIO:BTCUSDT.P 1", {"ticker": "BTCUSDT.P", "exchange": "GATEIO"}),
    "a byte order mark": ("\ufeffbuy BTCUSDT 1", {"dialect": "text"}),
    "an exit of nothing is an exit of all": ("close BTCUSDT 0", {"quantity": "0"}),
}
REFUSED = {
    "no verb": ("ETHUSDT 1.5", Refused("unrecognised_text")),
    "a verb alone": ("buy", Refused("unrecognised_text")),
    "two verbs and no symbol": ("close long", Refused("unrecognised_text")),
    "words": ("buy the dip", Refused("unrecognised_text")),
    "a sentence": ("RSI crossed 70 on the hourly", Refused("unrecognised_text")),
    "two lines": ("buy BTCUSDT\nsell ETHUSDT", Refused("unrecognised_text")),
    "more than is known": ("buy BTCUSDT 1 q=1 now", Refused("unrecognised_text")),
    "two quantities": ("buy BTCUSDT 1 2", Refused("unrecognised_text")),
    "a unit that is none": ("buy BTCUSDT 5lots", Refused("unrecognised_text")),
    "quantities that differ": ("buy BTCUSDT 1 q=2", Refused("conflicting_fields")),
    "a thousands separator": ("buy BTCUSDT 1,000", Refused("invalid_quantity", "quantity")),
    "a negative quantity": ("sell BTCUSDT -1", Refused("invalid_quantity", "quantity")),
    "a quantity of nought": ("buy BTCUSDT 0", Refused("invalid_quantity", "quantity")),
    "no number": ("buy BTCUSDT NaN", Refused("invalid_quantity", "quantity")),
    "infinity": ("buy BTCUSDT q=Infinity", Refused("invalid_quantity", "q")),
    "a named quantity that is empty": ("buy BTCUSDT q=", Refused("invalid_quantity", "q")),
    "a symbol that was not filled in": (
        "buy {{ticker}} 1",
        Refused("unresolved_placeholder", "ticker"),
    ),
    "a verb that was not filled in": (
        "{{strategy.order.action}} BTCUSDT 1",
        Refused("unresolved_placeholder", "action"),
    ),
    "a quantity that was not filled in": (
        "buy BTCUSDT {{strategy.order.contracts}}",
        Refused("unresolved_placeholder", "quantity"),
    ),
    "a message that was not filled in": (
        "{{strategy.order.alert_message}}",
        Refused("unresolved_placeholder"),
    ),
    "text in quotes": ('"buy BTCUSDT 1"', Refused("unrecognised_text")),
    "a word that JSON knows": ("null", Refused("unrecognised_text")),
    "a number": ("42", Refused("unrecognised_text")),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
