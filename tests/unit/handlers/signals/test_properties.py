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


@given(
    st.sampled_from(["token", "secret", "passphrase", "key", "apikey", "api_key", "PASSWORD"]),
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=30),
    st.sampled_from(["json", "keyvalue", "broken"]),
)
def test_planted_secret_is_never_stored_printed_or_raised(key: str, word: str, form: str) -> None:
    secret = f"canary{word}"
    body = {
        "json": json.dumps({"ticker": "BTCUSDT", "action": "buy", "quantity": 1, key: secret}),
        "keyvalue": f"ticker=BTCUSDT;action=buy;qty=1;{key}={secret};",
        "broken": f'{{"ticker":"BTCUSDT","{key}":"{secret}",}}',
    }[form]

    try:
        normalised = normalise(body.encode())
        shown = repr(normalised) + repr([printable(signal) for signal in normalised.signals])
    except SignalError as error:
        shown = f"{error} {error.field} {error.hint}"

    assert secret not in shown
    assert secret not in masked_body(body.encode())
