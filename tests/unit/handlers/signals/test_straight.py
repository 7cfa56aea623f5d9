"""The straight way says what the whole way says, or nothing."""

from __future__ import annotations

import importlib
import json
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.signals import SignalError, normalise
from handlers.signals.straight import layout_of, read_straight
from handlers.signals.strict_json import decode

# The package has a function of the same name.
_MODULE = importlib.import_module("handlers.signals.normalise")
USUAL: dict[str, Any] = {
    "ticker": "BINANCE:BTCUSDT.P", "action": "buy", "sentiment": "long", "quantity": "0.05",
    "price": 64250.1, "time": "2026-11-29T09:30:07Z", "interval": "15", "id": "alert 7",
}  # fmt: skip
# What each key may well say: words that are read straight, and words that need a second look.
_LIKELY: dict[str, tuple[Any, ...]] = {
    "ticker": ("BTCUSDT", "NASDAQ:AAPL", "NASDAQ_DLY:AAPL", "A:B:C", "", "TOKEN:ABCDEFGH"),
    "symbol": ("BTCUSDT",),
    "action": ("buy", "sell", "exit", "long", "long_entry", "short_exit", "flat", "cancel", "x"),
    "data": ("buy", "sell"),
    "sentiment": ("long", "short", "flat"),
    "prev_position": ("long", "flat"),
    "position_size": ("1", "-1"),
    "quantity": ("0.0100", "1e-3", 2, "0", 0, "-1"),
    "volume": ("1", "900"),
    "qty_type": ("notional", "fixed_quantity", "percent_of_position"),
    "type": ("market", "limit", "STOP"),
    "pricetype": ("MARKET",),
    "limit_price": ("5",),
    "price": (64250.1, "1e-3", "", "0"),
    "close": ("7",),
    "open": ("7",),
    "time": ("2026-11-29T09:30:07Z", "2026-11-29T09:30:00Z", "2026-11-29T09:30:07", "1795950007"),
    "interval": ("15", "1D", "5S", "", "password=abcdefgh"),
    "id": ("alert 7", 7, "", "my api key", "wh_abcdefgh"),
    "alertTimestamp": ("2026-11-29T09:30:07Z",),
    "order_id": ("Long 1", "secret: abcdefgh"),
    "comment": ("why", "{{close}}", "", "token=abcdefgh", "\\u0077h_abcdefgh"),
    "tif": ("ioc", "day", "never"),
    "reduceOnly": (True, False, "true"),
    "accounts": (["A"], "A,B", []),
    "mode": ("paper", "live"),
    "delay": ("0", "5"),
    "exchange": ("BINANCE",),
    "stopLoss": ("1", {"percent": "2"}),
    "extras": ({"a": 1},),
    "token": ("wh_abcdefgh",),
    "strategy": ("Mine", {"order_action": "buy"}),
    "account": ("Main",),
    "qunatity": ("1",),
    "wholly_unknown": ("1",),
}
_ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from([0.5, 1e21, -0.0]),
    st.text(max_size=4), st.just([]), st.just({"a": 1}),
)  # fmt: skip
_FIELDS = {key: st.sampled_from(words) for key, words in _LIKELY.items()}
_LIKELY_BODIES = st.fixed_dictionaries(
    {key: _FIELDS[key] for key in ("ticker", "action")},
    optional={key: _FIELDS[key] for key in ("quantity", "sentiment", "time", "interval", "id")},
)
_NOTHING: st.SearchStrategy[dict[str, Any]] = st.just({})
_BESIDE = st.one_of([st.fixed_dictionaries({key: words}) for key, words in _FIELDS.items()])
_BODIES: st.SearchStrategy[dict[str, Any]] = st.tuples(_LIKELY_BODIES, _BESIDE | _NOTHING).map(
    lambda parts: parts[0] | parts[1]
)
_ODD_BODIES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(sorted(_LIKELY)), _ODD, max_size=8
)


def _outcome(body: bytes) -> Any:
    try:
        return msgspec.structs.replace(normalise(body), shape=None)
    except SignalError as error:
        return (error.code, error.message, error.field, error.line, error.column)


def _whole_way(body: bytes) -> Any:
    with patch.object(_MODULE, "read_straight", return_value=None):
        return _outcome(body)


def _straight(body: dict[str, Any]) -> Any:
    value: Any = decode(json.dumps(body))
    return read_straight(value)


@settings(max_examples=1000)
@given(_BODIES | _ODD_BODIES)
@example({"symbol": "BTCUSDT", "data": "buy"})
@example({"ticker": "BTCUSDT", "action": "buy", "pricetype": "MARKET"})
@example({"ticker": "BTCUSDT", "action": "buy", "alertTimestamp": "2026-11-29T09:30:07Z"})
@example({"ticker": "BTCUSDT", "action": "buy", "volume": "900", "close": "7"})
@example({"ticker": "BTCUSDT", "action": "long_entry", "sentiment": "short"})
def test_whole_way_says_the_same(body: dict[str, Any]) -> None:
    sent = json.dumps(body).encode()

    assert _outcome(sent) == _whole_way(sent)


@pytest.mark.parametrize(
    "body",
    [
        USUAL,
        USUAL | {"action": "long_entry"},
        {"symbol": "TXF1!", "side": "sell"},
        USUAL | {"comment": "why", "tif": "ioc", "mode": "paper"},
    ],
)
def test_usual_bodies_are_read_straight(body: dict[str, Any]) -> None:
    assert _straight(body) is not None


@pytest.mark.parametrize(
    "beside",
    [
        {"volume": "3"},
        {"symbol": "ETHUSDT"},
        {"quantity": "0"},
        {"type": "limit"},
        {"position_size": "1"},
        {"sentiment": None},
        {"sentiment": "flat", "action": "long_entry"},
        {"time": "2026-11-29T09:30:00Z"},
        {"time": "2026-11-29T09:30:07"},
        {"ticker": "NASDAQ_DL:AAPL"},
        {"stopLoss": "1"},
        {"nobody_knows": "1"},
    ],
)
def test_what_needs_a_second_look_is_not(beside: dict[str, Any]) -> None:
    assert _straight({**USUAL, **beside}) is None


def test_keys_are_sorted_once() -> None:
    keys = tuple(USUAL)

    assert layout_of(keys) is layout_of(tuple(USUAL))
