"""Each field from what was said: parsed once, strictly, or refused by its own code."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from handlers.signals.errors import Code, SignalError
from handlers.signals.numbers import as_decimal, as_flag, as_positive, as_text, is_zero
from handlers.signals.reading import Reading, Said
from handlers.signals.secrets import mask_tokens
from handlers.signals.strict_json import is_array, is_object
from handlers.signals.times import as_time, has_zone
from handlers.signals.vocabulary import (
    ACTIONS,
    MODES,
    ORDER_TYPES,
    POSITIONS,
    QUANTITY_TYPES,
    TIMES_IN_FORCE,
    look_up,
)

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

_T = TypeVar("_T")
_Choice = TypeVar("_Choice", bound=Enum)
Parser = Callable[[Said], _T]

_TICKER = re.compile(r"[A-Za-z0-9_.:/!-]{1,64}")
_EXCHANGE = re.compile(r"[A-Za-z0-9_]{1,32}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MAX_ID = 128
_MAX_TEXT = 512


def one(reading: Reading, field: str, parse: Parser[_T]) -> _T | None:
    """Return a field's value: all names that were given must say the same.

    Raises:
        SignalError: A value cannot be read, or `conflicting_fields`.
    """
    said = reading.fields.get(field)
    if said is None:
        return None
    value = parse(said[0])
    for other in said[1:]:
        if parse(other) != value:
            raise SignalError(
                Code.CONFLICTING_FIELDS,
                f"`{said[0].key}` and `{other.key}` name the same thing and differ.",
                field=other.key,
                hint=f"Send one of them; both mean {field}.",
            )
    return value


def ticker(said: Said) -> str:
    """Read a ticker, with its exchange still in front."""
    text = as_text(said.value)
    if text is None or _TICKER.fullmatch(text) is None or text.count(":") > 1:
        raise SignalError(
            Code.INVALID_TICKER,
            "A ticker has 1 to 64 letters, digits or `_ . : / ! -`.",
            field=said.key,
            hint="Send {{ticker}}, or {{exchange}}:{{ticker}}.",
        )
    if not text.strip(":") or text.endswith(":"):
        raise SignalError(Code.INVALID_TICKER, "The ticker is empty.", field=said.key)
    return text.upper()


def exchange(said: Said) -> str | None:
    """Read an exchange; an empty one is absent."""
    text = as_text(said.value)
    if text == "":
        return None
    if text is None or _EXCHANGE.fullmatch(text) is None:
        raise SignalError(Code.INVALID_FIELD, "This is no name of an exchange.", field=said.key)
    return text.upper()


def decimal_of(code: Code, what: str) -> Parser[Decimal]:
    """Return the parser of a number greater than zero."""

    def parse(said: Said) -> Decimal:
        number = as_positive(said.value)
        if number is None:
            raise SignalError(
                code,
                f"{what} must be a number greater than zero, at most 15 digits before and 12 "
                "after the point.",
                field=said.key,
                hint="No thousands separators; a point for decimals.",
            )
        return number

    return parse


def quantity(said: Said) -> Decimal:
    """Read a quantity, zero included."""
    number = as_decimal(said.value)
    if number is None or number < 0:
        return decimal_of(Code.INVALID_QUANTITY, "A quantity")(said)
    return number


def signed_size(said: Said) -> Decimal:
    """Read a position's size, which may be negative."""
    number = as_decimal(said.value)
    if number is None:
        return decimal_of(Code.INVALID_QUANTITY, "A position size")(said)
    return number


price = decimal_of(Code.INVALID_PRICE, "A price")


def choice(table: dict[str, _Choice], code: Code, allowed: str) -> Parser[_Choice]:
    """Return the parser of a closed choice."""

    def parse(said: Said) -> _Choice:
        found = look_up(table, said.value) if isinstance(said.value, str) else None  # type: ignore[type-var]
        if found is None:
            raise SignalError(
                code, "This value means nothing here.", field=said.key, hint=f"It takes {allowed}."
            )
        return found

    return parse


action = choice(
    ACTIONS,
    Code.INVALID_ACTION,
    "buy, sell, long_entry, short_entry, long_exit, short_exit, exit, reverse, add, reduce, "
    "target, cancel, cancel_all, ping",
)
position = choice(POSITIONS, Code.INVALID_POSITION, "long, short, flat")
quantity_type = choice(
    QUANTITY_TYPES,
    Code.INVALID_QUANTITY_TYPE,
    "fixed_quantity, notional, percent_of_equity, risk_amount, risk_percent, percent_of_position",
)
order_type = choice(
    ORDER_TYPES, Code.INVALID_ORDER_TYPE, "market, limit, stop, stop_limit, trailing_stop"
)
time_in_force = choice(TIMES_IN_FORCE, Code.INVALID_TIF, "day, gtc, ioc, fok")
mode = choice(MODES, Code.INVALID_MODE, "paper, live")


def flag(said: Said) -> bool:
    """Read a yes or no."""
    found = as_flag(said.value)
    if found is None:
        raise SignalError(
            Code.INVALID_FIELD, "This must be true or false.", field=said.key, hint="true or false"
        )
    return found


def text(said: Said) -> str | None:
    """Read a text for information; an empty one is absent."""
    found = as_text(said.value)
    if found is None:
        raise SignalError(Code.INVALID_FIELD, "This must be a text.", field=said.key)
    return mask_tokens(found[:_MAX_TEXT]) or None


def identifier(said: Said) -> str | None:
    """Read an idempotency key; an empty one is absent."""
    found = as_text(said.value)
    if found is None or len(found) > _MAX_ID or _CONTROL.search(found):
        raise SignalError(
            Code.INVALID_ID,
            f"An id is a text of at most {_MAX_ID} characters on one line.",
            field=said.key,
        )
    return mask_tokens(found) or None


def accounts(said: Said) -> tuple[str, ...] | None:
    """Read which of the strategy's accounts are meant: a list, or names with commas between."""
    value = said.value
    names: object = value.split(",") if isinstance(value, str) else value
    texts = [name for name in names if isinstance(name, str)] if is_array(names) else None
    if texts is None or not is_array(names) or len(texts) != len(names):
        raise SignalError(
            Code.INVALID_FIELD, "This must be a list of account names or ids.", field=said.key
        )
    return tuple(name.strip() for name in texts if name.strip()) or None


def seconds(said: Said) -> Decimal | None:
    """Read a number of seconds; zero is absent."""
    if is_zero(said.value):
        return None
    return decimal_of(Code.INVALID_FIELD, "A number of seconds")(said)


def extras(said: Said) -> dict[str, object]:
    """Read what is kept and never interpreted."""
    if not is_object(said.value):
        raise SignalError(Code.INVALID_FIELD, "`extras` must be an object.", field=said.key)
    return said.value


def time(reading: Reading) -> datetime | None:
    """Return when the alert fired: of the names given the first of the row counts.

    Raises:
        SignalError: `invalid_time`.
    """
    said = reading.first("time")
    if said is None or said.value == "":
        return _time_of_id(reading)
    instant = as_time(said.value)
    if instant is None:
        raise SignalError(
            Code.INVALID_TIME,
            "A time is ISO 8601, or seconds or milliseconds since 1970.",
            field=said.key,
            hint="Send {{timenow}}.",
        )
    if not has_zone(said.value):
        reading.warnings.append(f"{said.key} names no time zone: taken as UTC")
    return instant


def _time_of_id(reading: Reading) -> datetime | None:
    """An `alertTimestamp` is an id that tells the time too, if it parses as one."""
    for said in reading.fields.get("id", ()):
        if said.key.lower().replace("_", "").replace("-", "") == "alerttimestamp":
            return as_time(said.value)
    return None
