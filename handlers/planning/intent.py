"""What an alert asks of one account: the rule that side and quantity will follow from."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from bus.values import Side
from handlers.phrases import phrase
from handlers.planning.quantities import Terms, entry_rule, exit_rule, needed_quantity, scaled
from handlers.records.refusals import Refusal, missing
from handlers.records.sizing_rules import (
    Close,
    Direction,
    DriftPolicy,
    Expected,
    Reverse,
    SizingRule,
    Target,
)
from handlers.signals import Action, Position, QuantityType
from handlers.sizing.rounding import EXACT

if TYPE_CHECKING:
    from handlers.signals import Signal

_DIRECTIONS = {Position.LONG: Direction.LONG, Position.SHORT: Direction.SHORT}
_SIDES = {Action.BUY: Side.BUY, Action.SELL: Side.SELL}
_ENTRIES = {Action.LONG_ENTRY: Side.BUY, Action.SHORT_ENTRY: Side.SELL}
_EXITS = {
    Action.LONG_EXIT: Direction.LONG,
    Action.SHORT_EXIT: Direction.SHORT,
    Action.EXIT: Direction.ANY,
}
_CLOSED_BY = {Side.BUY: Direction.SHORT, Side.SELL: Direction.LONG}
_OPENED_BY = {Side.BUY: Position.LONG, Side.SELL: Position.SHORT}


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        is_exit: It only ever makes a position smaller: it is wanted longer, and passes where
            entries are held back.
    """

    rule: SizingRule
    is_exit: bool


def intent_of(signal: Signal, terms: Terms) -> Intent | Refusal:
    """Choose the rule for an alert that is to be traded.

    Position sizes decide where there are any and the strategy does not follow quantities; else
    the action does, together with the position that the alert is to end on.
    """
    rule = _rule_of(signal, terms)
    if isinstance(rule, Refusal):
        return rule
    expected = _expected(signal, terms)
    if expected is not None:
        rule = msgspec.structs.replace(rule, expected=expected)
    is_exit = signal.reduce_only or isinstance(rule, Close) or _only_shrinks(rule, terms)
    return Intent(rule=rule, is_exit=is_exit)


def _rule_of(signal: Signal, terms: Terms) -> SizingRule | Refusal:
    if signal.position_size is not None and not terms.follows:
        return _target_size(signal, signal.position_size, terms)
    action = signal.action
    if action in _SIDES:
        return _plain(signal, _SIDES[action], terms)
    if action in _ENTRIES:
        return entry_rule(signal, _ENTRIES[action], terms, enters=True)
    if action in _EXITS:
        return exit_rule(signal, _EXITS[action], terms)
    return _by_position(signal, terms)


def _target_size(signal: Signal, size: Decimal, terms: Terms) -> Target | Refusal:
    """Hold what the chart's strategy holds; a quantity beside it can only confirm it."""
    has_other_measure = signal.quantity_type is not QuantityType.FIXED_QUANTITY
    if signal.quantity is not None and has_other_measure and size:
        return Refusal(
            code="conflicting_fields",
            message=phrase("size_or_measure", measure=str(signal.quantity_type)),
            field="quantity_type",
            hint=phrase("leave_sizes_out"),
        )
    return Target(size=scaled(size, terms))


def _plain(signal: Signal, side: Side, terms: Terms) -> SizingRule | Refusal:
    """`buy` and `sell`; a position beside them is the one to hold afterwards.

    Buying to be long closes a short position first; the quantity may be TradingView's, which
    contains that part. Buying to be flat, or still short, only ever takes from a short position.
    """
    if signal.position is None:
        if signal.quantity_type is QuantityType.PERCENT_OF_POSITION:
            return exit_rule(signal, _CLOSED_BY[side], terms)
        return entry_rule(signal, side, terms, enters=False)
    if signal.position is _OPENED_BY[side]:
        return entry_rule(signal, side, terms, enters=not terms.follows, may_include_close=True)
    if signal.position is Position.FLAT and not terms.follows:
        return Close(direction=_CLOSED_BY[side])
    if signal.position is Position.FLAT:
        return exit_rule(signal, _CLOSED_BY[side], terms)
    return exit_rule(signal, _CLOSED_BY[side], terms, is_partial=True)


def _by_position(signal: Signal, terms: Terms) -> SizingRule | Refusal:
    """The actions that go by what is held: add, reduce, reverse and target."""
    direction = None if signal.position is None else _DIRECTIONS.get(signal.position)
    match signal.action:
        case Action.ADD:
            sides = {Direction.LONG: Side.BUY, Direction.SHORT: Side.SELL}
            side = None if direction is None else sides[direction]
            return entry_rule(signal, side, terms, enters=False)
        case Action.REDUCE:
            return exit_rule(signal, direction or Direction.ANY, terms, is_partial=True)
        case Action.REVERSE:
            quantity = None if signal.quantity is None else needed_quantity(signal, terms)
            if isinstance(quantity, Refusal):
                return quantity
            return Reverse(quantity=quantity, to=direction)
        case _:
            return _target(signal, direction, terms)


def _target(signal: Signal, direction: Direction | None, terms: Terms) -> Target | Refusal:
    """Hold this much, said as a size, or as a quantity with the direction beside it."""
    if signal.position_size is not None:
        return _target_size(signal, signal.position_size, terms)
    if signal.position is Position.FLAT or signal.quantity == 0:
        return Target(size=Decimal(0))
    quantity = needed_quantity(signal, terms)
    if isinstance(quantity, Refusal):
        if quantity.code != "missing_field":
            return quantity
        return missing("position_size", phrase("how_much_to_hold"))
    return Target(size=-quantity if direction is Direction.SHORT else quantity)


def _expected(signal: Signal, terms: Terms) -> Expected | None:
    position, size = signal.prev_position, signal.prev_position_size
    if size is None and position is None:
        return None
    size = None if size is None else scaled(size, terms)
    if size is None:
        direction = None if position is None else _DIRECTIONS.get(position)
    elif size.is_zero():
        direction = None
    else:
        direction = Direction.LONG if size > 0 else Direction.SHORT
    target = None if signal.position_size is None else scaled(signal.position_size, terms)
    return Expected(direction=direction, size=size, policy=terms.drift, resync_to=target)


def _only_shrinks(rule: SizingRule, terms: Terms) -> bool:
    """Say whether a target is an exit: flat, or by the alert's own word nearer to it than before.

    Where drift is answered by trading on, the account may hold less than the alert believes, and
    the target may have to open.
    """
    if not isinstance(rule, Target):
        return False
    if rule.size.is_zero():
        return True
    before = None if rule.expected is None else rule.expected.size
    if before is None or terms.drift not in {DriftPolicy.BLOCK, DriftPolicy.FLATTEN}:
        return False
    return EXACT.multiply(rule.size, before) > 0 and abs(rule.size) <= abs(before)
