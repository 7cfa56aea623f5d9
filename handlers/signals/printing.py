"""A signal as it is printed and stored: absent is null, decimals are strings, times end in `Z`.

Decimals keep the digits that were sent and never show an exponent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import msgspec

from handlers.signals.signal import FREE_TEXTS

if TYPE_CHECKING:
    from handlers.signals.signal import Shape, Signal

NUMBERS = (
    "quantity", "position_size", "prev_position_size", "limit_price", "stop_price",
    "trail_amount", "trail_percent", "price", "delay", "max_age",
)  # fmt: skip
BRACKETS = ("take_profit", "stop_loss")
# All others are texts, flags and closed choices, and go into JSON as they are.
_DEEP = (*BRACKETS, "accounts", "extras")
# What only the house itself asks a signal; the alert never said it.
_INTERNAL = ("is_bar_time", "unplaceable")
_MILLISECOND_US = 1000
_ENCODER = msgspec.json.Encoder()


def printable(signal: Signal, shape: Shape | None = None) -> dict[str, Any]:
    """Return the signal as plain JSON values, every public field of it in its order.

    Of a signal with a shape only what the shape does not say is still to be spelt.
    """
    if shape is None:
        return _printed(signal)
    price, time = signal.price, signal.time
    fields = _printed_shape(shape).copy()
    fields["price"] = None if price is None else plain_number(price)
    fields["time"] = None if time is None else plain_time(time)
    for name in FREE_TEXTS:
        fields[name] = getattr(signal, name)
    return fields


@lru_cache(maxsize=4096)
def _printed_shape(shape: Shape) -> dict[str, Any]:
    return _printed(shape.signal)


def _printed(signal: Signal) -> dict[str, Any]:
    fields = msgspec.structs.asdict(signal)
    for name in NUMBERS:
        number = fields[name]
        if number is not None:
            fields[name] = plain_number(number)
    for name in _DEEP:
        if fields[name]:
            fields[name] = _as_json(fields[name])
    if signal.time is not None:
        fields["time"] = plain_time(signal.time)
    for name in _INTERNAL:
        del fields[name]
    return fields


def encode_printed(printed: dict[str, Any]) -> bytes:
    """Return a printable signal as JSON."""
    return _ENCODER.encode(printed)


def plain_number(number: Decimal) -> str:
    """Return the digits of a number without an exponent; zero has no sign."""
    return f"{number if number else number.copy_abs():f}"


def plain_time(instant: datetime) -> str:
    """Return RFC 3339 in UTC, with milliseconds only where there are any."""
    has_milliseconds = instant.microsecond >= _MILLISECOND_US
    timespec = "milliseconds" if has_milliseconds else "seconds"
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def _as_json(value: object) -> object:
    """Return a value as plain objects, arrays, texts and flags.

    Of a struct, a bracket for instance, only what was sent is left.
    """
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {str(key): _as_json(inner) for key, inner in entries.items()}
    if isinstance(value, list | tuple):
        return [_as_json(inner) for inner in cast("list[object]", value)]
    if isinstance(value, msgspec.Struct):
        return {
            name: _as_json(part)
            for name, part in msgspec.structs.asdict(value).items()
            if part is not None
        }
    return value
