"""A signal as it is printed and stored: absent is null, decimals are strings, times end in `Z`.

Decimals keep the digits that were sent and never show an exponent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.signals.signal import Signal

# What only the house itself asks a signal; the alert never said it.
_INTERNAL = frozenset({"is_bar_time"})
_MILLISECOND_US = 1000
_ENCODER = msgspec.json.Encoder()


def printable(signal: Signal) -> dict[str, Any]:
    """Return the signal as plain JSON values, every public field of it in its order."""
    return {
        name: as_json(getattr(signal, name), _spelt)
        for name in signal.__struct_fields__
        if name not in _INTERNAL
    }


def encode_signal(signal: Signal) -> bytes:
    """Return the signal as JSON."""
    return _ENCODER.encode(printable(signal))


def plain_number(number: Decimal) -> str:
    """Return the digits of a number without an exponent; zero has no sign."""
    return format(number.copy_abs() if number.is_zero() else number, "f")


def plain_time(instant: datetime) -> str:
    """Return RFC 3339 in UTC, with milliseconds only where there are any."""
    has_milliseconds = instant.microsecond >= _MILLISECOND_US
    timespec = "milliseconds" if has_milliseconds else "seconds"
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def as_json(value: object, spell: Callable[[object], object]) -> object:
    """Return a value as plain objects, arrays and what `spell` makes of the rest.

    Of a struct, a bracket for instance, only what was sent is left.
    """
    if isinstance(value, msgspec.Struct):
        named = {name: getattr(value, name) for name in value.__struct_fields__}
        return {name: as_json(part, spell) for name, part in named.items() if part is not None}
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {str(key): as_json(inner, spell) for key, inner in entries.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner, spell) for inner in cast("list[object]", value)]
    return spell(value)


def _spelt(value: object) -> object:
    match value:
        case Decimal():
            return plain_number(value)
        case datetime():
            return plain_time(value)
        case str():
            return str(value)
        case _:
            return value
