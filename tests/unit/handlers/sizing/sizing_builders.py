"""What sizing tests are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from broker_adapters.base import Instrument
from handlers.sizing.sized import Denied, Holding, Sized, size

if TYPE_CHECKING:
    from handlers.records.sizing_rules import SizingRule

D = Decimal


def an_instrument(
    *,
    step: str = "0.001",
    tick: str = "0.1",
    min_quantity: str = "0.001",
    max_quantity: str | None = None,
    min_notional: str = "0",
    multiplier: str = "1",
    shorts: bool = True,
) -> Instrument:
    return Instrument(
        symbol="BTCUSDT",
        quantity_step=D(step),
        price_tick=D(tick),
        min_quantity=D(min_quantity),
        max_quantity=None if max_quantity is None else D(max_quantity),
        min_notional=D(min_notional),
        multiplier=D(multiplier),
        shorts=shorts,
    )


def a_holding(
    position: str | Decimal = "0",
    *,
    working: str = "0",
    equity: str | None = None,
    price: str | None = "100",
) -> Holding:
    return Holding(
        position=D(position),
        working=D(working),
        equity=None if equity is None else D(equity),
        price=None if price is None else D(price),
    )


def in_words(sized: Sized | Denied) -> str:
    """Return a decision as a short line: `sell 2`, `sell 1 reduce then sell 1`, or a code."""
    if isinstance(sized, Denied):
        return sized.code
    words = f"{sized.side} {sized.quantity:f}" + (" reduce" if sized.reduce_only else "")
    if sized.next_leg is not None:
        words += f" then {sized.next_leg.side} {sized.next_leg.quantity:f}"
    return words


def sized(
    rule: SizingRule,
    holding: Holding,
    *,
    can_flip: bool = True,
    reduce_only: bool = False,
    step: str = "0.001",
    shorts: bool = True,
) -> str:
    decision = size(
        rule,
        holding,
        an_instrument(step=step, shorts=shorts),
        can_flip=can_flip,
        reduce_only=reduce_only,
    )
    return in_words(decision)
