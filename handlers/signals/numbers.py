"""Numbers as alerts write them: exact decimals, never through a float."""

from __future__ import annotations

import re
from decimal import Decimal

from handlers.signals.strict_json import Number

_MAX_DECIMALS = 12
# What indicators compute has as many as their language gives; nothing is traded by them.
_MAX_REFERENCE_DECIMALS = 40
_MAX_INTEGER_DIGITS = 15
# What nearly every alert sends: within the limits by its form alone.
_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,12})?")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off", ""})


def as_decimal(value: object, *, decimals: int = _MAX_DECIMALS) -> Decimal | None:
    """Return the number with the digits that were sent; `None` if it is none.

    At most 15 integer digits, and 12 decimals where nothing else is said. No thousands separators,
    NaN or Infinity.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _PLAIN.fullmatch(text) is not None:
        return Decimal(text)
    if _DECIMAL.fullmatch(text) is None:
        return None
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > decimals:
        return None
    if not number.is_zero() and number.adjusted() >= _MAX_INTEGER_DIGITS:
        return None
    return Decimal(0) if exponent > _MAX_INTEGER_DIGITS else number


def as_positive(value: object) -> Decimal | None:
    """Return a number greater than zero, else `None`."""
    number = as_decimal(value)
    return number if number is not None and number > 0 else None


def as_reference(value: object) -> Decimal | None:
    """Return a number greater than zero that is only looked at, else `None`."""
    number = as_decimal(value, decimals=_MAX_REFERENCE_DECIMALS)
    return number if number is not None and number > 0 else None


def is_tradable(number: Decimal) -> bool:
    """Say whether a number has no more decimals than an order may have."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= _MAX_DECIMALS


def is_zero(value: object) -> bool:
    """Say whether the value is a number, and zero."""
    number = as_decimal(value)
    return number is not None and number.is_zero()


def as_flag(value: object) -> bool | None:
    """Return what a yes or no says; `None` if it says neither."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    word = value.strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def as_text(value: object) -> str | None:
    """Return a text, of a number its digits; `None` for anything else."""
    if isinstance(value, Number):
        return str(value)
    return value.strip() if isinstance(value, str) else None


def is_off(value: object) -> bool:
    """Say whether a setting is sent but switched off: null, false, zero, empty."""
    if value is None or value is False or value in ([], {}):
        return True
    return isinstance(value, str) and (as_flag(value) is False or is_zero(value))
