"""The id that an order carries at the venue, by which it is found again whatever happens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from bus.values import OrderId

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Two digits at a time, of halves that are small numbers to the processor: one step for each digit
# of the whole takes five times as long, and each order has its id.
_PAIRS = tuple(first + second for first in _DIGITS for second in _DIGITS)
_PAIR = len(_PAIRS)
_FOUR = _PAIR**2
_EIGHT = _PAIR**4
_LENGTH = 25
_DIGITS_ALONE = re.compile(rf"[0-9a-z]{{1,{_LENGTH}}}")
_LAST_ID = 2**128 - 1
PREFIX = "4p"


def client_order_id(order_id: OrderId) -> str:
    """Return the order's id at the venue: always the same for the same order, and only for it.

    The prefix, by which the house's orders are told from the trader's own, and the whole UUID in
    base 36: 27 characters of `[0-9a-z]`. Base 36 and not 62, so that two ids stay two at a venue
    that ignores case; 27, because Gate takes 28 after its `t-`.
    """
    rest, last = divmod(order_id.int, _EIGHT)
    rest, middle = divmod(rest, _EIGHT)
    first, high = divmod(rest, _EIGHT)
    return f"{PREFIX}{_DIGITS[first]}{_eight(high)}{_eight(middle)}{_eight(last)}"


def order_ids_of(beginning: str) -> tuple[UUID, UUID] | None:
    """Return the first and the last order id whose id at the venue begins so; `None` if none can.

    A venue may show it in capitals.
    """
    digits = beginning.lower().removeprefix(PREFIX)
    if not beginning.lower().startswith(PREFIX) or not _DIGITS_ALONE.fullmatch(digits):
        return None
    first, last = (int(digits.ljust(_LENGTH, filling), 36) for filling in ("0", "z"))
    if first > _LAST_ID:
        return None
    return UUID(int=first), UUID(int=min(last, _LAST_ID))


def _eight(number: int) -> str:
    """Return a number below 36 to the 8 as eight digits."""
    high, low = divmod(number, _FOUR)
    return _PAIRS[high // _PAIR] + _PAIRS[high % _PAIR] + _PAIRS[low // _PAIR] + _PAIRS[low % _PAIR]
