"""The venue's arithmetic, all of it and only here: exact products, fees, what a fill does.

Nothing is rounded but prices as they come in, fees, and the average a reader is shown; so holdings
and cash are, to the last digit, the sum of the fills.
"""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
)

import msgspec

from bus.values import Side

STEP = Decimal("0.00000001")
# Some tokens are priced finer than any order may be: what is only observed keeps more places.
PRICE_STEP = Decimal("0.000000000001")
# Wide enough that no product or sum of 30-digit numbers loses a digit.
_EXACT = Context(prec=120)
_ZERO = Decimal(0)


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What is held of a symbol: positive is long. `cost` is what entering it came to, signed."""

    quantity: Decimal = _ZERO
    cost: Decimal = _ZERO

    @property
    def average_price(self) -> Decimal:
        """What one unit was entered at, rounded for reading."""
        return average(self.cost, self.quantity) if self.quantity else _ZERO

    def traded(self, side: Side, quantity: Decimal, price: Decimal) -> Holding:
        """Return the holding after a fill; a part that closes takes its share of the cost along."""
        change = signed(side, quantity)
        total = _EXACT.add(self.quantity, change)
        if self.quantity * change >= 0:
            return Holding(quantity=total, cost=_EXACT.add(self.cost, product(change, price)))
        if total * self.quantity <= 0:
            return Holding(quantity=total, cost=product(total, price))
        share = _EXACT.divide(_EXACT.multiply(self.cost, change), self.quantity)
        # Never more than there is: what is left would have cost less than nothing.
        taken = share.quantize(STEP, rounding=ROUND_DOWN, context=_EXACT)
        return Holding(quantity=total, cost=_EXACT.add(self.cost, taken))


def signed(side: Side, quantity: Decimal) -> Decimal:
    """Return the quantity as a change of a holding: buying adds."""
    return quantity if side is Side.BUY else quantity.copy_negate()


def product(*factors: Decimal) -> Decimal:
    """Multiply exactly."""
    result = Decimal(1)
    for factor in factors:
        result = _EXACT.multiply(result, factor)
    return result


def total(*amounts: Decimal) -> Decimal:
    """Add exactly."""
    result = _ZERO
    for amount in amounts:
        result = _EXACT.add(result, amount)
    return result


def quotient(amount: Decimal, divisor: Decimal) -> Decimal:
    """Divide, rounded to the step."""
    return rounded(_EXACT.divide(amount, divisor))


def average(notional: Decimal, quantity: Decimal) -> Decimal:
    """Return what one unit came to, rounded for reading."""
    return as_price(_EXACT.divide(notional, quantity))


def rounded(amount: Decimal) -> Decimal:
    """Round to the venue's step."""
    return _EXACT.quantize(amount, STEP)


def as_price(amount: Decimal) -> Decimal:
    """Return an amount as an observed price."""
    return amount.quantize(PRICE_STEP, context=_EXACT).normalize(_EXACT)


def fee_on(quantity: Decimal, price: Decimal, rate: Decimal) -> Decimal:
    """Return the fee of a fill."""
    if not rate:
        return _ZERO
    return product(quantity, price, rate).quantize(STEP, ROUND_HALF_EVEN, context=_EXACT)


def slipped(price: Decimal, side: Side, slippage: Decimal) -> Decimal:
    """Return the price a taker gets: worse by the slippage."""
    if not slippage:
        return price
    worse = 1 + slippage if side is Side.BUY else 1 - slippage
    rounding = ROUND_CEILING if side is Side.BUY else ROUND_FLOOR
    return max(PRICE_STEP, product(price, worse).quantize(PRICE_STEP, rounding, context=_EXACT))


def is_on_step(amount: Decimal) -> bool:
    """Say whether an amount is finite and a multiple of the venue's step."""
    return amount.is_finite() and amount == amount.quantize(STEP, context=_EXACT)
