"""Quantities and prices in a market's steps: pure, and never more than was asked for."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING

from broker_adapters.base import Reason, Rejected
from bus.values import Side

if TYPE_CHECKING:
    from broker_adapters.base import Instrument

_EXACT = Context(prec=60)
_PAIR = re.compile(r"[A-Z0-9]{1,30}_[A-Z0-9]{1,12}")


def is_pair(text: str) -> bool:
    """Tell whether a text is a pair as Gate writes them: `BTC_USDT`."""
    return _PAIR.fullmatch(text) is not None


def whole_steps(quantity: Decimal, step: Decimal) -> Decimal:
    """Return the most that is no more than the quantity, in whole steps; 0 for what is none."""
    if not quantity.is_finite() or quantity <= 0:
        return Decimal(0)
    return _EXACT.multiply(_EXACT.divide(quantity, step).to_integral_value(ROUND_FLOOR), step)


def price(wanted: Decimal | None, *, side: Side, tick: Decimal) -> Decimal | Rejected:
    """Return a price in whole ticks, lower for a purchase and higher for a sale."""
    if wanted is None or not wanted.is_finite() or wanted <= 0:
        return Rejected(reason=Reason.INVALID_REQUEST, message="The order needs a `limit_price`.")
    rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
    rounded = _EXACT.multiply(_EXACT.divide(wanted, tick).to_integral_value(rounding), tick)
    if rounded > 0:
        return rounded
    message = f"The price is less than one tick of {plain(tick)}."
    return Rejected(reason=Reason.PRECISION_OR_SIZE, message=message)


def too_small(quantity: Decimal, instrument: Instrument) -> Rejected | None:
    """Return why a rounded quantity cannot be ordered, or `None`."""
    most = instrument.max_quantity
    if quantity <= 0 or quantity < instrument.min_quantity:
        message = f"{plain(quantity)} is less than the least, {plain(instrument.min_quantity)}."
    elif most is not None and quantity > most:
        message = f"{plain(quantity)} is more than one order may have, {plain(most)}."
    else:
        return None
    return Rejected(reason=Reason.PRECISION_OR_SIZE, message=message)


def coins(size: Decimal, unit: Decimal) -> Decimal:
    """Return how many coins so many contracts are, without needless zeros."""
    return Decimal(plain(_EXACT.multiply(size, unit)))


def plain(amount: Decimal) -> str:
    """Write a number as Gate reads it: no exponent, no needless zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
