"""What holds for every body, whatever is in it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from handlers.signals import SignalError, find_token, masked_body, normalise
from handlers.signals.printing import printable

_KEYS = st.sampled_from(
    ["ticker", "action", "quantity", "price", "time", "id", "takeProfit", "stopLoss", "sentiment",
     "market_position_size", "market_position", "data", "symbol", "strategy", "pricetype", "type",
     "limitPrice", "multiple_accounts", "token", "extras", "accounts", "delay", "volume", "order"]
)  # fmt: skip
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.floats(),
    st.sampled_from(["buy", "sell", "exit", "long", "BTCUSDT", "1", "0", "-1", "limit", "{{x}}"]),
)  # fmt: skip
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3)
)
_BODIES = st.dictionaries(_KEYS | st.text(max_size=8), _VALUES, max_size=8)
_WORDS = st.lists(
    st.sampled_from(
        ["buy", "close", "BTCUSDT", "1.5", "5%", "q=2", "60123456789,buy,X,risk=1", "a=b;", "=",
         "ENTER-LONG", "{{t}}", "\n", "command=PLACE;", "ticker=X;", "action=buy", ",", "\x00"]
    ),
    max_size=8,
)  # fmt: skip


def outcome(body: bytes) -> Any:
    try:
        return normalise(body)
    except SignalError as error:
        return (error.code, error.field, error.line, error.column)


@given(st.binary(max_size=400))
@example(b"[" * 16_000)
@example(b'{"a":' * 3000)
@example(b'{"quantity":1e999999999,"ticker":"A","action":"buy"}')
@example(b'{"ticker":"\\ud800","action":"buy"}')
@example(b"_" * 16_000)
@example(b"key " * 4_000)
@example(b"0" * 16_000 + b",")
def test_bytes_raise_nothing_but_signal_errors(body: bytes) -> None:
    outcome(body)
    masked_body(body)
    find_token(body)


@given(_BODIES)
def test_objects_raise_nothing_but_signal_errors(body: dict[str, Any]) -> None:
    outcome(json.dumps(body).encode())


@given(_WORDS)
def test_texts_raise_nothing_but_signal_errors(words: list[str]) -> None:
    outcome(" ".join(words).encode())
    outcome("".join(words).encode())


@given(_BODIES)
def test_normalising_twice_is_the_same(body: dict[str, Any]) -> None:
    sent = json.dumps(body).encode()

    assert outcome(sent) == outcome(sent)


@given(st.decimals(min_value=Decimal("0.000001"), max_value=Decimal(10) ** 9, places=6))
def test_decimals_keep_their_digits(quantity: Decimal) -> None:
    for spelt in (f'"{quantity:f}"', f"{quantity:f}"):
        body = f'{{"ticker":"BTCUSDT","action":"buy","quantity":{spelt}}}'

        [signal] = normalise(body.encode()).signals

        assert printable(signal)["quantity"] == f"{quantity:f}"


@given(st.permutations(["ticker", "action", "quantity", "price", "comment"]))
def test_order_of_keys_does_not_matter(keys: list[str]) -> None:
    said = {"ticker": "BTCUSDT", "action": "buy", "quantity": "1", "price": "2", "comment": "x"}

    shuffled = normalise(json.dumps({key: said[key] for key in keys}).encode())

    assert shuffled.signals == normalise(json.dumps(said).encode()).signals


@st.composite
def _respelt(draw: st.DrawFn, key: str) -> str:
    """Return a key with other capitals, and with `_` and `-` wherever they fall."""
    letters = [letter for letter in key if letter not in "_-"]
    return "".join(
        draw(st.sampled_from([letter.lower(), letter.upper()])) + draw(st.sampled_from(_GAPS))
        for letter in letters
    )


_GAPS = ["", "", "", "_", "-", "__"]
_SAID = {
    "symbol": "BINANCE:BTCUSDT.P", "side": "sell", "order_contracts": "2.50", "order_price": "9",
    "market_position": "short", "market_position_size": "1", "prev_market_position": "long",
    "prev_market_position_size": "1.5", "time": "2026-11-20T01:45:07Z", "order_id": "S",
    "timeframe": "60", "reduce_only": "false", "time_in_force": "ioc", "max_lag": "30",
}  # fmt: skip


@given(st.data())
def test_spelling_of_keys_does_not_matter(data: st.DataObject) -> None:
    body = {data.draw(_respelt(key)): value for key, value in _SAID.items()}

    respelt = normalise(json.dumps(body).encode())

    assert respelt.signals == normalise(json.dumps(_SAID).encode()).signals


_COMMANDS: list[dict[str, Any]] = [
    {"ticker": "A", "action": "buy", "quantity": 1},
    {"ticker": "B", "action": "sell", "quantity": "2", "sentiment": "flat"},
    {"symbol": "C", "data": "close", "quantity": 0},
    {"ticker": "D", "strategy": {"order_action": "buy", "market_position": "long"}},
    {"ticker": "E", "action": "exit", "mood": "great"},
]


@given(st.permutations(_COMMANDS))
def test_commands_of_an_array_mean_the_same_in_any_order(commands: list[dict[str, Any]]) -> None:
    together = normalise(json.dumps(commands).encode()).signals
    apart = [normalise(json.dumps(command).encode()).signals[0] for command in commands]

    assert list(together) == apart


_FORMS = {
    "plain": '{{"ticker":"A","action":"buy","{key}":"{secret}"}}',
    "traderspost": '{{"ticker":"A","action":"buy","sentiment":"long","{key}":"{secret}"}}',
    "threecommas": '{{"{key}":"{secret}","bot_uuid":"b","tv_instrument":"A","action":"buy"}}',
    "pickmytrade": '{{"symbol":"A","data":"buy","accounts":["a"],"{key}":"{secret}"}}',
    "openalgo": '{{"{key}":"{secret}","symbol":"A","action":"BUY","pricetype":"MARKET"}}',
    "fourpass": '{{"action":"long_entry","symbol":"A","{key}":"{secret}"}}',
    "nested": '{{"ticker":"A","strategy":{{"order_action":"buy","{key}":"{secret}"}}}}',
    "array": '[{{"ticker":"A","action":"buy","{key}":"{secret}"}}]',
    "keyvalue": "ticker=A;action=buy;qty=1;{key}={secret};",
    "pineconnector": "60123456789,buy,A,risk=1,{key}={secret}",
    "broken": '{{"ticker":"A","{key}":"{secret}",}}',
    "free text": "RSI crossed; {key}: {secret}",
}


@given(
    st.sampled_from(["token", "secret", "passphrase", "key", "api_key", "password"]).flatmap(
        _respelt
    ),
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=30),
    st.sampled_from(sorted(_FORMS)),
)
def test_planted_secret_is_never_stored_printed_or_raised(key: str, word: str, form: str) -> None:
    secret = f"canary{word}"
    body = _FORMS[form].format(key=key, secret=secret)

    try:
        normalised = normalise(body.encode())
        shown = repr(normalised) + repr([printable(signal) for signal in normalised.signals])
    except SignalError as error:
        shown = f"{error} {error.field} {error.hint}"

    assert secret not in shown
    assert secret not in masked_body(body.encode())


@given(_BODIES, st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8))
def test_secret_beside_anything_is_masked(body: dict[str, Any], word: str) -> None:
    secret = f"canary{word}"

    masked = masked_body(json.dumps({**body, "passphrase": secret}).encode())

    assert secret not in masked
