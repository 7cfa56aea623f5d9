"""How much an alert asks for, in whatever measure it says it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from handlers.phrases import phrase
from handlers.records.refusals import Refusal, missing, unsupported
from handlers.records.sizing_rules import (
    Close,
    Direction,
    DriftPolicy,
    Enter,
    EquityShare,
    Fixed,
    Notional,
    SizingRule,
)
from handlers.signals import QuantityType
from handlers.sizing.rounding import EXACT

if TYPE_CHECKING:
    from bus.values import Side
    from handlers.signals import Signal


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What strategy and account add to an alert.

    Attributes:
        multiplier: The account's share of every quantity and size.
        follows: Quantities are traded as sent even where position sizes are given.
    """

    multiplier: Decimal
    default_quantity: Decimal | None
    follows: bool
    drift: DriftPolicy


def scaled(quantity: Decimal, terms: Terms) -> Decimal:
    """Return the account's share of a quantity, size or amount of money; sent digits are kept."""
    return quantity if terms.multiplier == 1 else EXACT.multiply(quantity, terms.multiplier)


def entry_rule(
    signal: Signal,
    side: Side | None,
    terms: Terms,
    *,
    enters: bool,
    may_include_close: bool = False,
) -> SizingRule | Refusal:
    """Choose the rule of an order that may open.

    Args:
        signal: The alert.
        side: `None` is the way that is held.
        terms: Strategy and account.
        enters: An opposite position is closed first.
        may_include_close: The quantity may contain the part that closes.
    """
    measure, amount = signal.quantity_type, signal.quantity
    if measure is not QuantityType.FIXED_QUANTITY and amount is not None:
        return _money_rule(measure, amount, side, terms, enters=enters)
    quantity = needed_quantity(signal, terms)
    if isinstance(quantity, Refusal):
        return quantity
    if side is None or not enters:
        return Fixed(side=side, quantity=quantity)
    return Enter(side=side, quantity=quantity, may_include_close=may_include_close)


def _money_rule(
    measure: QuantityType, amount: Decimal, side: Side | None, terms: Terms, *, enters: bool
) -> SizingRule | Refusal:
    if side is None:
        return missing("position", phrase("which_way_to_add"))
    if measure is QuantityType.NOTIONAL:
        return Notional(side=side, amount=scaled(amount, terms), enters=enters)
    if measure is QuantityType.PERCENT_OF_EQUITY:
        return EquityShare(side=side, percent=amount, enters=enters)
    return _wrong_measure("entry_measure", measure)


def exit_rule(
    signal: Signal, direction: Direction, terms: Terms, *, is_partial: bool = False
) -> Close | Refusal:
    """Choose the rule of an order that only closes: all of it where no quantity is given.

    Args:
        signal: The alert.
        direction: Which position it closes.
        terms: Strategy and account.
        is_partial: Something is to be left, so that a quantity is needed.
    """
    measure, amount = signal.quantity_type, signal.quantity
    if is_partial and not amount:
        quantity = needed_quantity(signal, terms)
        if isinstance(quantity, Refusal):
            return quantity
        return Close(direction=direction, quantity=quantity)
    if not amount:
        return Close(direction=direction)
    if measure is QuantityType.FIXED_QUANTITY:
        return Close(direction=direction, quantity=scaled(amount, terms))
    if measure is QuantityType.PERCENT_OF_POSITION:
        return Close(direction=direction, percent=amount)
    return _wrong_measure("exit_measure", measure)


def needed_quantity(signal: Signal, terms: Terms) -> Decimal | Refusal:
    """Return the alert's quantity in units, else the strategy's default."""
    measure = signal.quantity_type
    if measure is not QuantityType.FIXED_QUANTITY:
        if signal.quantity is None:
            return missing("quantity", phrase("measure_alone", measure=str(measure)))
        return _wrong_measure("action_measure", measure)
    quantity = signal.quantity or terms.default_quantity
    if quantity is None:
        return missing("quantity", phrase("no_default"))
    return scaled(quantity, terms)


def _wrong_measure(key: str, measure: QuantityType) -> Refusal:
    return unsupported("quantity_type", phrase(key, measure=str(measure)))
