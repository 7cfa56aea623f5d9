"""Reading a request's numbers and names: exact, or refused with the field's name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from edge.errors import ApiError
from handlers.signals.tickers import live_exchange
from handlers.symbols import Chart

if TYPE_CHECKING:
    from decimal import Decimal

_SYMBOL = re.compile(r"[A-Za-z0-9_.:/!-]{1,64}")
_MOST_DECIMALS = 12
_MOST_DIGITS = 15
_NAME_LONGEST = 100


def positive(field: str, number: Decimal, *, code: str) -> Decimal:
    """Return an exact number above zero.

    Raises:
        ApiError: 400 with the field's name.
    """
    if number.is_finite() and number > 0 and _is_within_bounds(number):
        return number
    raise ApiError(
        400,
        code,
        f"{field} must be a number above zero.",
        field=field,
        hint=f"At most {_MOST_DIGITS} digits before the point and {_MOST_DECIMALS} after it.",
    )


def symbol(field: str, text: str) -> str:
    """Return a symbol in upper case, without the exchange before it, as alerts are read.

    Raises:
        ApiError: 400 with the field's name.
    """
    return chart(field, text).ticker


def chart(field: str, text: str) -> Chart:
    """Return a chart's symbol, with the exchange before it if one is named, as alerts are read.

    Raises:
        ApiError: 400 with the field's name.
    """
    if not _SYMBOL.fullmatch(text) or text.count(":") > 1 or text.endswith(":"):
        raise ApiError(400, "invalid_ticker", f"{field} is no symbol.", field=field)
    exchange, _, ticker = text.upper().rpartition(":")
    return Chart(ticker=ticker, exchange=live_exchange(exchange) or None)


def name(field: str, text: str) -> str:
    """Return a name as a person typed it, its ends stripped.

    Raises:
        ApiError: 400 with the field's name.
    """
    stripped = text.strip()
    if not 0 < len(stripped) <= _NAME_LONGEST or not stripped.isprintable():
        raise ApiError(
            400,
            "invalid_field",
            f"{field} is 1 to {_NAME_LONGEST} printable characters.",
            field=field,
        )
    return stripped


def instant(field: str, at: datetime) -> datetime:
    """Return a time in UTC; one at the calendar's ends may be none there.

    Raises:
        ApiError: 400 with the field's name.
    """
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        message = f"{field} lies beyond the calendar."
        raise ApiError(400, "invalid_field", message, field=field) from error


def _is_within_bounds(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and -_MOST_DECIMALS <= exponent <= _MOST_DIGITS
        and number.adjusted() < _MOST_DIGITS
    )
