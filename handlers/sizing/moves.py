"""What a rule comes to before any rounding: how much closes and how much opens."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

import msgspec

from bus.values import Side
from handlers.phrases import Phrase, phrase
from handlers.records.sizing_rules import (
    Close,
    Direction,
    Enter,
    EquityShare,
    Fixed,
    Notional,
    Reverse,
    Target,
)
from handlers.sizing.limits import Denied
from handlers.sizing.rounding import round_quantity

if TYPE_CHECKING:
    from broker_adapters.base import Instrument
    from handlers.records.sizing_rules import SizingRule

_ZERO = Decimal(0)
_PERCENT = Decimal("0.01")


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has of a symbol at this moment, positive long and negative short.

    Attributes:
        position: As the venue says; `None` where it was not asked, which only a plain `Fixed`
            bears.
        locked: How much of it orders that rest have set aside, at a venue that sells it only once.
        working: What all working orders would still add if they filled. It counts for targets only:
            no exit waits for a resting order, and for a market order freeze itself waits.
        works_both_ways: Orders of either side work; `working` alone does not say so.
        equity: The account's worth, where the rule needs it.
        price: What a unit costs now, where anything says so.
    """

    position: Decimal | None = None
    locked: Decimal = _ZERO
    working: Decimal = _ZERO
    works_both_ways: bool = False
    equity: Decimal | None = None
    price: Decimal | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A trade in two parts: `closing` takes from what is held, `opening` goes beyond zero.

    Attributes:
        is_known: The position was looked at; else all of it counts as opening.
    """

    side: Side
    closing: Decimal
    opening: Decimal
    is_known: bool = True


def move_of(rule: SizingRule, holding: Holding, instrument: Instrument) -> Move | Denied:
    """Turn a rule into a trade against what is held.

    Raises:
        ValueError: The rule depends on the position, which was not read.
    """
    if isinstance(rule, Notional | EquityShare):
        return _for_money(rule, holding, instrument)
    match rule:
        case Fixed():
            return _fixed(rule, holding)
        case Enter():
            return _enter(rule, holding)
        case Close():
            return _close(rule, holding)
        case Target(size=size):
            return _target(size, holding, instrument)
        case Reverse():
            return _reverse(rule, holding)
        case _:
            assert_never(rule)


def _fixed(rule: Fixed, holding: Holding) -> Move | Denied:
    if holding.position is None and rule.side is not None:
        return Move(side=rule.side, closing=_ZERO, opening=rule.quantity, is_known=False)
    held = _position(holding)
    if rule.side is not None:
        return _split(_signed(rule.side, rule.quantity), held)
    if held.is_zero():
        return _nothing(phrase("nothing_to_add_to"))
    return _split(rule.quantity.copy_sign(held), held)


def _enter(rule: Enter, holding: Holding) -> Move:
    held, change = _position(holding), _signed(rule.side, rule.quantity)
    includes_close = rule.may_include_close and rule.quantity > abs(held)
    if held * change < 0 and not includes_close:
        change -= held
    return _split(change, held)


def _for_money(
    rule: Notional | EquityShare, holding: Holding, instrument: Instrument
) -> Move | Denied:
    """Turn money into a quantity, in whole steps, and that into a trade."""
    amount = _money(rule, holding, instrument)
    if isinstance(amount, Denied):
        return amount
    if holding.price is None or holding.price <= 0:
        return Denied(
            code="no_price",
            message=phrase("no_price", symbol=instrument.symbol),
        )
    step = instrument.quantity_step
    quantity = amount // (holding.price * instrument.multiplier * step) * step
    if quantity.is_zero():
        return Denied(
            code="precision_or_size",
            message=phrase(
                "buys_too_little",
                amount=f"{amount:f}",
                symbol=instrument.symbol,
                step=f"{step:f}",
            ),
        )
    if rule.enters:
        return _enter(Enter(side=rule.side, quantity=quantity), holding)
    return _fixed(Fixed(side=rule.side, quantity=quantity), holding)


def _money(
    rule: Notional | EquityShare, holding: Holding, instrument: Instrument
) -> Decimal | Denied:
    if isinstance(rule, Notional):
        return rule.amount
    if holding.equity is None or holding.equity <= 0:
        money = instrument.currency or phrase("money")
        return Denied(
            code="insufficient_funds",
            message=phrase("no_money", money=money, symbol=instrument.symbol),
        )
    return holding.equity * rule.percent * _PERCENT


def _close(rule: Close, holding: Holding) -> Move | Denied:
    position = _position(holding)
    held = Direction.LONG if position > 0 else Direction.SHORT
    if position.is_zero() or rule.direction not in {held, Direction.ANY}:
        if rule.direction is Direction.ANY:
            return _nothing(phrase("no_position"))
        return _nothing(phrase("no_position_of", direction=str(rule.direction)))
    whole = amount = abs(position)
    if rule.percent is not None:
        amount = whole * rule.percent * _PERCENT
    if rule.quantity is not None:
        amount = rule.quantity
    side = Side.SELL if position > 0 else Side.BUY
    return Move(side=side, closing=min(amount, whole), opening=_ZERO)


def _target(size: Decimal, holding: Holding, instrument: Instrument) -> Move | Denied:
    step = instrument.quantity_step
    position, goal = _position(holding), round_quantity(size, step)
    missing = goal - (position + holding.working)
    if abs(missing) < step:
        if goal.is_zero() and not size.is_zero() and position.is_zero():
            return Denied(
                code="precision_or_size",
                message=phrase(
                    "less_than_step",
                    size=f"{size:f}",
                    symbol=instrument.symbol,
                    step=f"{step:f}",
                ),
            )
        return _nothing(phrase("there_already", size=f"{position + holding.working:f}"))
    # A resting order may never fill: what stands against it must not take the position past the
    # goal meanwhile.
    way = goal - position
    if way * missing <= 0:
        return _nothing(phrase("past_the_goal", goal=f"{goal:f}"))
    return _split(min(abs(missing), abs(way)).copy_sign(missing), position)


def _reverse(rule: Reverse, holding: Holding) -> Move | Denied:
    held = _position(holding)
    if held.is_zero():
        return _nothing(phrase("nothing_to_reverse"))
    if rule.to is (Direction.LONG if held > 0 else Direction.SHORT):
        return _nothing(phrase("there_already", size=str(rule.to)))
    side = Side.SELL if held > 0 else Side.BUY
    opening = abs(held) if rule.quantity is None else rule.quantity
    return Move(side=side, closing=abs(held), opening=opening)


def _position(holding: Holding) -> Decimal:
    if holding.position is None:
        msg = "this rule needs the position"
        raise ValueError(msg)
    return holding.position


def _split(change: Decimal, held: Decimal) -> Move:
    size = abs(change)
    closing = min(size, abs(held)) if change * held < 0 else _ZERO
    side = Side.BUY if change > 0 else Side.SELL
    return Move(side=side, closing=closing, opening=size - closing)


def _signed(side: Side, quantity: Decimal) -> Decimal:
    return quantity if side is Side.BUY else -quantity


def _nothing(message: Phrase) -> Denied:
    return Denied(code="nothing_to_do", message=message)
