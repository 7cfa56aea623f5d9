"""Rounding to a venue's steps: quantities never up, prices never more aggressive than asked.

All arithmetic is exact; a result that would need rounding raises instead of being rounded.
"""

from __future__ import annotations

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

from bus.values import Side

# Quantities and prices have at most 27 digits; products of four of them still fit.
EXACT = Context(prec=150, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])


def round_quantity(quantity: Decimal, step: Decimal) -> Decimal:
    """Return the largest whole number of steps in `quantity`, toward zero; it keeps its sign.

    What is a whole number of steps already is returned digit for digit as it came.
    """
    if EXACT.remainder(quantity, step).is_zero():
        return quantity
    return EXACT.multiply(EXACT.divide_int(quantity, step), step)


def round_limit_price(price: Decimal | None, *, side: Side, tick: Decimal) -> Decimal | None:
    """Return a limit the venue takes that is no worse for the trader: buy down, sell up."""
    return _round_price(price, tick=tick, is_up=side is Side.SELL)


def round_stop_price(price: Decimal | None, *, side: Side, tick: Decimal) -> Decimal | None:
    """Return a trigger the venue takes that is reached no sooner: buy up, sell down."""
    return _round_price(price, tick=tick, is_up=side is Side.BUY)


def _round_price(price: Decimal | None, *, tick: Decimal, is_up: bool) -> Decimal | None:
    if price is None:
        return None
    down = round_quantity(price, tick)
    if not is_up or down == price:
        return down
    return EXACT.add(down, tick)
