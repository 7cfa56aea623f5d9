"""Bodies that nobody would send in good faith: drawn from a seed, the same each time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ALERT: dict[str, Any] = {
    "ticker": "BTCUSDT", "action": "buy", "quantity": "1", "price": "100", "order_type": "limit",
}  # fmt: skip
_NOTHINGS: tuple[Any, ...] = (
    None, True, [], {}, [1, 2], {"a": 1}, "", " ", "\u0000", "\u0661", "{{strategy.order.action}}",
    "'; DROP TABLE orders; --",
)  # fmt: skip
_NO_NUMBERS: tuple[Any, ...] = (
    *_NOTHINGS, "NaN", "Infinity", "-1", "0", "1e999", "1e-999", "9" * 400, "0x10", "1,5",
)  # fmt: skip
_WRONG = {"ticker": _NOTHINGS, "action": _NO_NUMBERS, "quantity": _NO_NUMBERS}
_TYPES = (
    b"application/json", b"text/plain", b"application/x-www-form-urlencoded", b"x", b"",
    b"multipart/form-data; boundary=x", b"application/json; charset=utf-16", b"\xff",
)  # fmt: skip


class Noise(NamedTuple):
    """One request to a webhook."""

    body: bytes
    content_type: bytes


def noise(count: int, *, seed: int) -> Iterator[Noise]:
    """Yield requests of which none can be an order."""
    chance = random.Random(seed)
    kinds: tuple[Callable[[random.Random], bytes], ...] = (
        _bytes, _text, _cut_off, _wrong_value, _nested, _twice, _many, _other_coding, _too_large,
    )  # fmt: skip
    for number in range(count):
        yield Noise(kinds[number % len(kinds)](chance), chance.choice(_TYPES))


def _bytes(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(0, 600))


def _text(chance: random.Random) -> bytes:
    ends = [chance.choice((127, 0xD7FF)) for _ in range(80)]
    return "".join(chr(chance.randrange(32, end)) for end in ends).encode("utf-8", "surrogatepass")


def _cut_off(chance: random.Random) -> bytes:
    whole = msgspec.json.encode(_ALERT)
    return whole[: chance.randrange(1, len(whole))]


def _wrong_value(chance: random.Random) -> bytes:
    field = chance.choice(tuple(_WRONG))
    return msgspec.json.encode(_ALERT | {field: chance.choice(_WRONG[field])})


def _nested(chance: random.Random) -> bytes:
    depth = chance.choice((2, 50, 500, 4000))
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return opened * depth + b"1" + closed * depth


def _twice(chance: random.Random) -> bytes:
    field = chance.choice(("ticker", "action", "quantity")).encode()
    return msgspec.json.encode(_ALERT)[:-1] + b',"%b":"1"}' % field


def _many(chance: random.Random) -> bytes:
    return msgspec.json.encode([_ALERT] * chance.randint(30, 100))


def _other_coding(chance: random.Random) -> bytes:
    coding = chance.choice(("utf-16", "utf-32", "utf-16-le"))
    return msgspec.json.encode(_ALERT).decode().encode(coding)


def _too_large(chance: random.Random) -> bytes:
    return msgspec.json.encode(_ALERT | {"comment": "x" * chance.randint(16_384, 40_000)})
