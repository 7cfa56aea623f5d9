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
_INTERNAL = frozenset({"is_bar_time", "unplaceable"})
_MILLISECOND_US = 1000
# Most fields are one of these, and every alert is printed: they are not looked at twice.
_AS_THEY_ARE = frozenset({type(None), str, bool})
_ENCODER = msgspec.json.Encoder()


def printable(signal: Signal) -> dict[str, Any]:
    """Return the signal as plain JSON values, every public field of it in its order."""
    return {
        name: value if type(value) in _AS_THEY_ARE else as_json(value, _spelt)
        for name, value in msgspec.structs.asdict(signal).items()
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

    Of a struct, a bracket for instance, only what was sent is left. Plain texts stay as they are.
    """
    if isinstance(value, str | Decimal):
        return spell(value)
    if isinstance(value, msgspec.Struct):
        return {
            name: part if type(part) in _AS_THEY_ARE else as_json(part, spell)
            for name, part in msgspec.structs.asdict(value).items()
            if part is not None
        }
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {str(key): as_json(inner, spell) for key, inner in entries.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner, spell) for inner in cast("list[object]", value)]
    return spell(value)


def _spelt(value: object) -> object:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return plain_number(value)
    return plain_time(value) if isinstance(value, datetime) else value
