"""A signal as it is printed and stored: absent is null, decimals are strings, times end in `Z`.

Decimals keep the digits that were sent and never show an exponent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.signals.signal import Signal

# What only the house itself asks a signal; the alert never said it.
_INTERNAL = ("is_bar_time", "unplaceable")
# All others are texts, flags and closed choices, and go into JSON as they are.
_SPELT = (
    "quantity", "position_size", "prev_position_size", "limit_price", "stop_price",
    "trail_amount", "trail_percent", "price", "take_profit", "stop_loss", "time", "accounts",
    "delay", "max_age", "extras", "unplaceable",
)  # fmt: skip
_AS_THEY_ARE = frozenset({type(None), str, bool})
_MILLISECOND_US = 1000
_ENCODER = msgspec.json.Encoder()


class Spelling(NamedTuple):
    """How numbers and instants are written where a signal becomes JSON."""

    number: Callable[[Decimal], str]
    instant: Callable[[datetime], str]


def printable(signal: Signal) -> dict[str, Any]:
    """Return the signal as plain JSON values, every public field of it in its order."""
    printed = spelt(signal, _PLAIN)
    for name in _INTERNAL:
        del printed[name]
    return printed


def encode_signal(signal: Signal) -> bytes:
    """Return the signal as JSON."""
    return _ENCODER.encode(printable(signal))


def plain_number(number: Decimal) -> str:
    """Return the digits of a number without an exponent; zero has no sign."""
    return f"{number if number else number.copy_abs():f}"


def plain_time(instant: datetime) -> str:
    """Return RFC 3339 in UTC, with milliseconds only where there are any."""
    has_milliseconds = instant.microsecond >= _MILLISECOND_US
    timespec = "milliseconds" if has_milliseconds else "seconds"
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def spelt(signal: Signal, spelling: Spelling) -> dict[str, Any]:
    """Return all fields of a signal as JSON values, those that are absent included."""
    fields = msgspec.structs.asdict(signal)
    for name in _SPELT:
        value = fields[name]
        if value is not None:
            fields[name] = _as_json(value, spelling)
    return fields


def _as_json(value: object, spelling: Spelling) -> object:
    """Return a value as plain objects, arrays, texts and flags.

    Of a struct, a bracket for instance, only what was sent is left.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Decimal):
        return spelling.number(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return spelling.instant(value)
    return _deep(value, spelling)


def _deep(value: object, spelling: Spelling) -> object:
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {str(key): _as_json(inner, spelling) for key, inner in entries.items()}
    if isinstance(value, list | tuple):
        return [_as_json(inner, spelling) for inner in cast("list[object]", value)]
    if isinstance(value, msgspec.Struct):
        return {
            name: _as_json(part, spelling)
            for name, part in msgspec.structs.asdict(value).items()
            if part is not None
        }
    return value


_PLAIN = Spelling(plain_number, plain_time)
