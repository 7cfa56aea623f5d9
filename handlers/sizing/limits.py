"""What a venue's rules forbid, known before anything is sent: pure checks that freeze applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.phrases import Phrase, phrase
from handlers.sizing.rounding import EXACT

if TYPE_CHECKING:
    from decimal import Decimal

    from broker_adapters.base import Instrument


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """The order must not be sent; `message` says why and what the trader can do."""

    code: str
    message: Phrase


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
    symbol = instrument.symbol
    if quantity < instrument.min_quantity or quantity.is_zero():
        least = f"{max(instrument.min_quantity, instrument.quantity_step):f}"
        return _size(
            phrase("less_than_least", quantity=f"{quantity:f}", symbol=symbol, least=least)
        )
    if instrument.max_quantity is not None and quantity > instrument.max_quantity:
        most = f"{instrument.max_quantity:f}"
        return _size(phrase("more_than_most", quantity=f"{quantity:f}", symbol=symbol, most=most))
    if price is None:
        return None
    value = EXACT.multiply(EXACT.multiply(quantity, price), instrument.multiplier)
    if value < instrument.min_notional:
        least = f"{instrument.min_notional:f}"
        return _size(phrase("worth_too_little", value=f"{value:f}", symbol=symbol, least=least))
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
            tick = f"{instrument.price_tick:f}"
            return _size(phrase("less_than_tick", symbol=instrument.symbol, tick=tick))
        if (floor is not None and price < floor) or (ceiling is not None and price > ceiling):
            return Denied(
                code="price_band",
                message=phrase(
                    "outside_band",
                    price=f"{price:f}",
                    symbol=instrument.symbol,
                    floor=_bound(floor),
                    ceiling=_bound(ceiling),
                ),
            )
    return None


def _size(message: Phrase) -> Denied:
    return Denied(code="precision_or_size", message=message)


def _bound(number: Decimal | None) -> str | Phrase:
    return phrase("any_price") if number is None else f"{number:f}"
