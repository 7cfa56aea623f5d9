"""The id that an order carries at the venue, by which it is found again whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.values import OrderId

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Two digits at a time: one step for each digit takes twice as long, and each order has its id.
_PAIRS = tuple(first + second for first in _DIGITS for second in _DIGITS)
_WIDTH = 25
PREFIX = "4p"


def client_order_id(order_id: OrderId) -> str:
    """Return the order's id at the venue: always the same for the same order, and only for it.

    The prefix, by which the house's orders are told from the trader's own, and the whole UUID in
    base 36: 27 characters of `[0-9a-z]`. Base 36 and not 62, so that two ids stay two at a venue
    that ignores case; 27, because Gate takes 28 after its `t-`.
    """
    rest, digits = order_id.int, ""
    for _ in range(0, _WIDTH, 2):
        rest, pair = divmod(rest, len(_PAIRS))
        digits = _PAIRS[pair] + digits
    return PREFIX + digits[-_WIDTH:]
