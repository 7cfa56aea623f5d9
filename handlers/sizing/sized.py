"""How much is traded and which way, from a rule and the position as it really is.

Whatever the rule: an exit is never more than is held and can only reduce, quantities are rounded
down, and what is worked already counts, so that the same target said twice changes nothing.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

import msgspec

from bus.values import Side
from handlers.phrases import Phrase, phrase
from handlers.records.orders import NextLeg
from handlers.records.sizing_rules import Close, Target
from handlers.sizing.drift import Drift, drift_of
from handlers.sizing.limits import Denied, check_quantity
from handlers.sizing.moves import Holding, Move, move_of
from handlers.sizing.rounding import EXACT, round_quantity

if TYPE_CHECKING:
    from broker_adapters.base import Instrument
    from handlers.records.sizing_rules import SizingRule

__all__ = ("Denied", "Holding", "Sized", "size")

_NOTHING = "nothing_to_do"


class Sized(msgspec.Struct, frozen=True, kw_only=True):
    """The order to send now, and what follows when it is final.

    Attributes:
        reduce_only: The order may only make the position smaller.
        next_leg: The opening part of a reversal that cannot be done in one order.
        notes: What the trader should be told, in plain words.
    """

    side: Side
    quantity: Decimal
    reduce_only: bool
    next_leg: NextLeg | None = None
    notes: tuple[Phrase, ...] = ()


def size(
    rule: SizingRule,
    holding: Holding,
    instrument: Instrument,
    *,
    can_flip: bool,
    reduce_only: bool = False,
) -> Sized | Denied:
    """Decide side and quantity of an order, and of the second leg where it needs one.

    Args:
        rule: What was asked for.
        holding: What is held, worked and had now.
        instrument: Steps and bounds of the symbol.
        can_flip: One order may take the position through zero.
        reduce_only: The order was asked for as an exit: whatever the rule, it opens nothing.
    """
    with localcontext(EXACT):
        drift = drift_of(rule, holding, instrument.quantity_step)
        move = move_of(drift.rule, holding, instrument)
        if isinstance(move, Denied):
            return move
        if reduce_only:
            move = _reducing(move, holding)
        within = _within_reach(move, holding, instrument)
        if isinstance(within, Denied):
            return within
        move, reached = within
        narrowed = _narrowed(move, drift, instrument, is_exit=reduce_only)
        if isinstance(narrowed, Denied):
            return narrowed
        kept, notes = narrowed
        is_exit = reduce_only or kept is not move or isinstance(drift.rule, Close | Target)
        sized = _legs(kept, instrument.quantity_step, can_flip=can_flip, is_exit=is_exit)
        price = None if sized.reduce_only else holding.price
        refusal = check_quantity(sized.quantity, instrument, price=price)
        notes = (*reached, *notes, *_rounding(kept, sized))
        return refusal or msgspec.structs.replace(sized, notes=notes)


def _reducing(move: Move, holding: Holding) -> Move:
    """Close no more than is held now, whatever is still on its way."""
    position = holding.position or Decimal(0)
    side_to_close = Side.SELL if position > 0 else Side.BUY
    most = abs(position) if move.side is side_to_close else Decimal(0)
    closing = min(move.closing, most)
    return msgspec.structs.replace(
        move, closing=closing, opening=move.opening + move.closing - closing
    )


def _within_reach(
    move: Move, holding: Holding, instrument: Instrument
) -> tuple[Move, tuple[Phrase, ...]] | Denied:
    """Leave to orders that rest what they have set aside: the venue would refuse all of the order.

    A resting sale is not cancelled for it: it is an order that was asked for too.
    """
    position = holding.position or Decimal(0)
    reach = position - holding.locked
    if holding.locked <= 0 or move.side is not Side.SELL or move.closing <= reach:
        return move, ()
    locked = f"{holding.locked:f}"
    if round_quantity(max(reach, Decimal(0)), instrument.quantity_step).is_zero():
        message = phrase("all_set_aside", held=f"{position:f}", locked=locked)
        return Denied(code="position_rule", message=message)
    note = phrase("set_aside", held=f"{position:f}", locked=locked)
    return msgspec.structs.replace(move, closing=reach), (note,)


def _narrowed(
    move: Move, drift: Drift, instrument: Instrument, *, is_exit: bool
) -> tuple[Move, tuple[Phrase, ...]] | Denied:
    """Leave out the opening part where it may not be; deny the order if nothing remains."""
    refusal: Denied | None = None
    if is_exit:
        refusal = Denied(code=_NOTHING, message=phrase("nothing_to_exit"))
    elif drift.note is not None and not drift.may_open:
        why = phrase("nothing_opened", note=drift.note)
        refusal = Denied(code="position_drift", message=why)
    elif move.side is Side.SELL and move.is_known and not instrument.shorts:
        refusal = Denied(code="position_rule", message=phrase("no_shorts"))
    notes = () if drift.note is None else (drift.note,)
    if refusal is None or move.opening.is_zero():
        return move, notes
    if move.closing.is_zero():
        return refusal
    note = phrase("exit_opens_nothing") if is_exit else phrase("closed_only", why=refusal.message)
    return msgspec.structs.replace(move, opening=Decimal(0)), (*notes, note)


def _legs(move: Move, step: Decimal, *, can_flip: bool, is_exit: bool) -> Sized:
    closing, opening = round_quantity(move.closing, step), round_quantity(move.opening, step)
    if can_flip or closing.is_zero() or move.opening.is_zero():
        return Sized(
            side=move.side,
            quantity=round_quantity(move.closing + move.opening, step),
            reduce_only=is_exit and move.opening.is_zero(),
        )
    next_leg = None if opening.is_zero() else NextLeg(side=move.side, quantity=opening)
    return Sized(side=move.side, quantity=closing, reduce_only=True, next_leg=next_leg)


def _rounding(move: Move, sized: Sized) -> tuple[Phrase, ...]:
    following = Decimal(0) if sized.next_leg is None else sized.next_leg.quantity
    asked, sent = move.closing + move.opening, sized.quantity + following
    return () if asked == sent else (phrase("rounded", asked=f"{asked:f}", sent=f"{sent:f}"),)
