"""Values as they were said, parsed strictly, or refused by the code of their field."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.numbers import (
    as_decimal,
    as_flag,
    as_positive,
    as_reference,
    as_text,
    is_zero,
)
from handlers.signals.reading import Said
from handlers.signals.secrets import mask_said, mask_tokens
from handlers.signals.strict_json import is_array, is_object
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
    from decimal import Decimal

    from handlers.phrases import Phrase

_T = TypeVar("_T")
_Choice = TypeVar("_Choice", bound=Enum)
Parser = Callable[[Said], _T]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MAX_ID = 128
_MAX_TEXT = 512


def positive_as(
    code: Code,
    what: Phrase,
    *,
    read: Callable[[object], Decimal | None] = as_positive,
    hint: str = "no_thousands",
) -> Parser[Decimal]:
    """Return the parser of a number greater than zero."""

    def parse(said: Said) -> Decimal:
        number = read(said.value)
        if number is None:
            raise not_positive(code, what, said.key, hint=hint)
        return number

    return parse


def not_positive(code: Code, what: Phrase, key: str, *, hint: str = "no_thousands") -> SignalError:
    """Return the error of a number that is none, is not above zero, or is too long."""
    return SignalError(
        code,
        phrase("not_positive", what=what),
        field=key,
        hint=phrase(hint),
    )


price = positive_as(Code.INVALID_PRICE, phrase("a_price"))
reference_price = positive_as(Code.INVALID_PRICE, phrase("a_price"), read=as_reference)
_positive_quantity = positive_as(Code.INVALID_QUANTITY, phrase("a_quantity"), hint="number_alone")
age = positive_as(Code.INVALID_FIELD, phrase("a_number_of_seconds"))


def quantity(said: Said) -> Decimal:
    """Read a quantity, zero included."""
    number = as_decimal(said.value)
    return _positive_quantity(said) if number is None or number < 0 else number


def delay(said: Said) -> Decimal | None:
    """Read a number of seconds; zero is no delay, as if it were absent."""
    return None if is_zero(said.value) else age(said)


def choice(table: dict[str, _Choice], code: Code, allowed: str) -> Parser[_Choice]:
    """Return the parser of a closed choice."""

    def parse(said: Said) -> _Choice:
        found = look_up(table, said.value) if isinstance(said.value, str) else None
        if found is None:
            hint = phrase("takes", choices=allowed)
            raise SignalError(code, phrase("means_nothing"), field=said.key, hint=hint)
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
        hint = phrase("true_or_false")
        raise SignalError(Code.INVALID_FIELD, phrase("no_flag"), field=said.key, hint=hint)
    return found


def text(said: Said) -> str | None:
    """Read a text for information; an empty one is absent."""
    found = as_text(said.value)
    if found is None:
        raise SignalError(Code.INVALID_FIELD, phrase("no_text"), field=said.key)
    return mask_said(found[:_MAX_TEXT]) or None


def identifier(said: Said) -> str | None:
    """Read an idempotency key; an empty one is absent."""
    found = as_text(said.value)
    if found is None or len(found) > _MAX_ID or _CONTROL.search(found):
        raise SignalError(
            Code.INVALID_ID,
            phrase("no_id", most=str(_MAX_ID)),
            field=said.key,
        )
    return mask_tokens(found) or None


def accounts(said: Said) -> tuple[str, ...]:
    """Read which of the strategy's accounts are meant: a list, or names with commas between.

    None at all is no way to say all of them.
    """
    value = said.value
    names: object = value.split(",") if isinstance(value, str) else value
    texts = [name for name in names if isinstance(name, str)] if is_array(names) else []
    chosen = tuple(name.strip() for name in texts if name.strip())
    if not chosen or not is_array(names) or len(texts) != len(names):
        raise SignalError(
            Code.INVALID_FIELD,
            phrase("no_accounts"),
            field=said.key,
            hint=phrase("leave_accounts_out"),
        )
    return chosen


def extras(said: Said) -> dict[str, object]:
    """Read what is kept and never interpreted."""
    if not is_object(said.value):
        raise SignalError(Code.INVALID_FIELD, phrase("no_extras"), field=said.key)
    return said.value
