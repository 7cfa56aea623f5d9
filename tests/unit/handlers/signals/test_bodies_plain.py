from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "the least": ('{"ticker":"BTCUSDT","action":"buy"}', {"dialect": "plain", "quantity": None}),
    "a chart's figures beside": (
        '{"ticker":"BTCUSDT","action":"buy","open":1,"high":3,"low":1,"close":2,"volume":1000}',
        {"quantity": None, "price": "2", "warnings": ""},
    ),
    "a position alone is a target": (
        '{"ticker":"BTCUSDT","position":"long","quantity":2}',
        {"action": "target", "position": "long", "quantity": "2"},
    ),
    "a size alone is a target": (
        '{"ticker":"BTCUSDT","position_size":"-2"}',
        {"action": "target", "position_size": "-2", "quantity": None},
    ),
    "a signed size of the strategy": (
        '{"ticker":"BTCUSDT","side":"sell","position_size":-3,"contracts":3}',
        {"action": "sell", "position_size": "-3"},
    ),
    "several spellings": (
        '{"Symbol":"btcusdt","SIDE":"Sell","Order-Contracts":"3","orderPrice":"5"}',
        {"dialect": "plain", "ticker": "BTCUSDT", "action": "sell", "quantity": "3", "price": "5"},
    ),
    "one ticker, once with its exchange": (
        '{"ticker":"BTCUSDT","symbol":"BINANCE:BTCUSDT","exchange":"binance","action":"buy"}',
        {"ticker": "BTCUSDT", "exchange": "BINANCE"},
    ),
    "no exchange before the colon": (
        '{"ticker":":BTCUSDT","action":"buy"}',
        {"ticker": "BTCUSDT", "exchange": None},
    ),
    "a ping": ('{"ticker":"BTCUSDT","action":"ping"}', {"action": "ping"}),
    "chosen accounts": (
        '{"ticker":"BTCUSDT","action":"buy","accounts":["Main","備用"]}',
        {"accounts": ["Main", "備用"]},
    ),
    "chosen accounts in a text": (
        '{"ticker":"BTCUSDT","action":"buy","accounts":"Main, Second"}',
        {"accounts": ["Main", "Second"]},
    ),
    "paper": ('{"ticker":"BTCUSDT","action":"buy","mode":"Paper"}', {"mode": "paper"}),
    "an array of one": ('[{"ticker":"BTCUSDT","action":"sell"}]', {"action": "sell"}),
    "space of all kinds": ('\r\n\t {"ticker":"BTCUSDT","action":"buy"}\u00a0\n', {"action": "buy"}),
    "a byte order mark among space": (
        ' \ufeff\n{"ticker":"BTCUSDT","action":"buy"}\ufeff',
        {"action": "buy"},
    ),
    "key and value on two lines": (
        '{"ticker":\r\n"BTCUSDT",\r\n"action"\r\n:"buy"}',
        {"ticker": "BTCUSDT", "action": "buy"},
    ),
    "letters as escapes": (
        '{"\\u0074icker":"BTC\\u0055SDT","action":"buy"}',
        {"ticker": "BTCUSDT"},
    ),
}
REFUSED = {
    "nothing": ("", Refused("empty_body")),
    "space": (" \n\t", Refused("empty_body")),
    "a byte order mark alone": ("\ufeff", Refused("empty_body")),
    "an empty array": ("[]", Refused("empty_body")),
    "an empty object": ("{}", Refused("missing_field", "ticker")),
    "an array of texts": ('["buy BTCUSDT 1"]', Refused("invalid_field")),
    "no ticker": ('{"ticker":null,"action":"buy"}', Refused("missing_field", "ticker")),
    "no action": ('{"ticker":"A"}', Refused("missing_field", "action")),
    "a past position is no action": (
        '{"ticker":"A","prev_market_position":"long"}',
        Refused("missing_field", "action"),
    ),
    "a ticker with a space": (
        '{"ticker":"BTC USDT","action":"buy"}',
        Refused("invalid_ticker", "ticker"),
    ),
    "a ticker that is too long": (
        '{"symbol":"' + "A" * 65 + '","action":"buy"}',
        Refused("invalid_ticker", "symbol"),
    ),
    "an empty ticker": ('{"pair":"","action":"buy"}', Refused("invalid_ticker", "pair")),
    "an exchange and no ticker": (
        '{"ticker":"BINANCE:","action":"buy"}',
        Refused("invalid_ticker", "ticker"),
    ),
    "two tickers": (
        '{"symbol":"ETHUSDT","ticker":"BTCUSDT","action":"buy"}',
        Refused("conflicting_fields", "symbol"),
    ),
    "accounts, but none": (
        '{"ticker":"A","action":"buy","accounts":[]}',
        Refused("invalid_field", "accounts"),
    ),
    "accounts that are no names": (
        '{"ticker":"A","action":"buy","accounts":[{"id":1}]}',
        Refused("invalid_field", "accounts"),
    ),
    "a mode that is none": (
        '{"ticker":"A","action":"buy","mode":"demo"}',
        Refused("invalid_mode", "mode"),
    ),
    "extras that are no object": (
        '{"ticker":"A","action":"buy","extras":"x"}',
        Refused("invalid_field", "extras"),
    ),
    "a size without its side": (
        '{"ticker":"A","action":"buy","market_position_size":"2"}',
        Refused("missing_field", "position"),
    ),
    "a past size without its side": (
        '{"ticker":"A","action":"buy","prev_market_position_size":"2"}',
        Refused("missing_field", "prev_position"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
