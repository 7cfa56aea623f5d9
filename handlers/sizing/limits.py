"""What a venue's rules forbid, known before anything is sent: pure checks that freeze applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.sizing.rounding import EXACT

if TYPE_CHECKING:
    from decimal import Decimal

    from broker_adapters.base import Instrument


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """The order must not be sent; `message` says why and what the trader can do."""

    code: str
    message: str


def check_quantity(
    quantity: Decimal, instrument: Instrument, *, price: Decimal | None
) -> Denied | None:
    """Check a rounded quantity against the venue's bounds.

    Args:
        quantity: In whole steps, not negative.
        instrument: Whose bounds.
        price: What to value it at; `None` leaves the least value unchecked. An exit's is, since a
            venue may take one that is worth too little to be an entry.
    """
    if quantity < instrument.min_quantity or quantity.is_zero():
        least = max(instrument.min_quantity, instrument.quantity_step)
        what = f"{_plain(quantity)} is less than the least quantity"
        return _size(f"{what} of {instrument.symbol}, {_plain(least)}")
    if instrument.max_quantity is not None and quantity > instrument.max_quantity:
        what = f"{_plain(quantity)} is more than one order"
        return _size(f"{what} of {instrument.symbol} may have, {_plain(instrument.max_quantity)}")
    if price is None:
        return None
    value = EXACT.multiply(EXACT.multiply(quantity, price), instrument.multiplier)
    if value < instrument.min_notional:
        what = f"An order worth {_plain(value)} is less than the least"
        return _size(f"{what} of {instrument.symbol}, {_plain(instrument.min_notional)}")
    return None


def check_prices(
    limit_price: Decimal | None, stop_price: Decimal | None, instrument: Instrument
) -> Denied | None:
    """Check rounded prices against the venue's price band."""
    floor, ceiling = instrument.price_floor, instrument.price_ceiling
    for price in (limit_price, stop_price):
        if price is None:
            continue
        if price <= 0:
            return Denied(
                code="precision_or_size",
                message=f"The price is less than one tick of {instrument.symbol}, "
                f"{_plain(instrument.price_tick)}.",
            )
        if (floor is not None and price < floor) or (ceiling is not None and price > ceiling):
            return Denied(
                code="price_band",
                message=f"{_plain(price)} lies outside of what the venue takes of "
                f"{instrument.symbol} today, {_plain(floor)} to {_plain(ceiling)}.",
            )
    return None


def _size(what: str) -> Denied:
    return Denied(code="precision_or_size", message=f"{what} at this venue.")


def _plain(number: Decimal | None) -> str:
    return "any" if number is None else f"{number:f}"
