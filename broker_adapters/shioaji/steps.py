"""Steps of prices and quantities, and the way from the SDK's floats to exact numbers. Pure.

Source: TWSE's price ladder for shares; futures have the tick that their contract says.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from broker_adapters.shioaji.errors import UnreadableError
from bus.values import Side

LOT = 1000
FINEST = Decimal("0.01")
_FINE_FUND = Decimal("0.05")
_LADDER = (
    (Decimal(10), FINEST),
    (Decimal(50), _FINE_FUND),
    (Decimal(100), Decimal("0.1")),
    (Decimal(500), Decimal("0.5")),
    (Decimal(1000), Decimal(1)),
)
_COARSEST = Decimal(5)
_FUND_BOUND = Decimal(50)


def exact(number: object) -> Decimal | None:
    """Return a number of the SDK's as it was meant; `None` where there is none."""
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        return None
    return Decimal(str(number)) if math.isfinite(number) else None


def needed(number: object, name: str) -> Decimal:
    """Return a number that nothing can be said without.

    Raises:
        UnreadableError: There is none.
    """
    read = exact(number)
    if read is None:
        msg = f"no `{name}`"
        raise UnreadableError(msg)
    return read


def whole(number: object, name: str) -> int:
    """Return a whole number that nothing can be said without.

    Raises:
        UnreadableError: There is none.
    """
    read = needed(number, name)
    if read != int(read):
        msg = f"`{name}` is not whole"
        raise UnreadableError(msg)
    return int(read)


def stock_tick(price: Decimal, *, is_fund: bool = False) -> Decimal:
    """Return the tick of shares, or of a fund's, at a price."""
    if is_fund:
        return FINEST if price < _FUND_BOUND else _FINE_FUND
    return next((tick for bound, tick in _LADDER if price < bound), _COARSEST)


def is_fund(code: str) -> bool:
    """Tell whether a stock's code is a fund's: they begin with 00."""
    return code.startswith("00")


def rounded(price: Decimal, *, side: Side, tick: Decimal) -> Decimal:
    """Return a limit price on the venue's steps, never a more aggressive one."""
    mode = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
    return (price / tick).quantize(Decimal(1), rounding=mode) * tick
