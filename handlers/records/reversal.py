"""A reversal read as a whole: its closing and its opening order are one thing to whoever asked.

Pure. `reversal_state` in the migrations says the same of the state alone; a test compares the two.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from bus.values import OrderId, OrderState, Side
from handlers.records.lifecycle import FINAL, UNRESOLVED

if TYPE_CHECKING:
    from handlers.records.orders import Order

S = OrderState


class ReversalStanding(StrEnum):
    """Where a reversal has come to, as far as is known."""

    UNDER_WAY = "under_way"
    IN_DOUBT = "in_doubt"
    STILL_LONG = "still_long"
    STILL_SHORT = "still_short"
    FLAT = "flat_not_flipped"
    PARTLY_FLIPPED = "partly_flipped"
    FLIPPED = "flipped"


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a reversal, in its own state."""

    order_id: OrderId
    leg: int
    side: Side | None
    quantity: Decimal | None
    filled_quantity: Decimal
    average_price: Decimal | None
    state: OrderState
    error_code: str | None


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """A reversal as a whole.

    Attributes:
        state: The fold of its legs; the closing order's own row keeps its own.
        standing: What that leaves the trader with, as a word for programs.
        text: The same for people.
    """

    state: OrderState
    standing: ReversalStanding
    text: str
    error_code: str | None
    legs: tuple[Leg, ...]


def reversal_of(first: Order, second: Order | None, why_not: str | None) -> Reversal | None:
    """Fold a reversal's orders; `None` where `first` is an order like any other.

    Args:
        first: The order that was asked for. Its row is the closing leg.
        second: The opening leg, once it is recorded.
        why_not: Why there is none though the first leg ended.
    """
    if first.next_leg is None:
        return None
    standing, text = _told(first, second, why_not)
    return Reversal(
        state=_state(first, second, why_not),
        standing=standing,
        text=text,
        error_code=_code(first, second, why_not),
        legs=tuple(_leg(order) for order in (first, second) if order is not None),
    )


def _state(first: Order, second: Order | None, why_not: str | None) -> OrderState:
    """A closed position is half of what was asked; how the opening ends is how the whole does."""
    if first.state is not S.FILLED:
        return first.state
    if second is None:
        return S.DENIED if why_not == "kill_switch_active" else S.CANCELLED
    if second.state in FINAL | UNRESOLVED:
        return second.state
    return S.PARTIALLY_FILLED


def _code(first: Order, second: Order | None, why_not: str | None) -> str | None:
    if first.state is S.FILLED and second is not None:
        return second.error_code
    if first.state is S.FILLED and why_not == "kill_switch_active":
        return why_not
    return first.error_code


def _told(first: Order, second: Order | None, why_not: str | None) -> tuple[ReversalStanding, str]:
    if first.state in UNRESOLVED:
        return ReversalStanding.IN_DOUBT, "Whether the position was closed is not known yet."
    if first.state not in FINAL:
        return (
            ReversalStanding.UNDER_WAY,
            "The position is being closed; nothing is opened before that.",
        )
    if first.state is not S.FILLED:
        return _not_closed(first)
    if second is None:
        return ReversalStanding.FLAT, f"Flat, not flipped: nothing was opened{_because(why_not)}."
    return _closed(second)


def _not_closed(first: Order) -> tuple[ReversalStanding, str]:
    held = "long" if first.side is Side.SELL else "short"
    standing = (
        ReversalStanding.STILL_LONG if first.side is Side.SELL else ReversalStanding.STILL_SHORT
    )
    if first.filled_quantity > 0:
        closed = f"{first.filled_quantity:f} of {first.frozen_quantity:f} was closed"
        return standing, f"Still {held}: only {closed}, and nothing was opened."
    ended = f"the closing order was {_ended(first)}"
    return standing, f"Still {held}: {ended}, and nothing was opened."


def _closed(second: Order) -> tuple[ReversalStanding, str]:
    if second.state in UNRESOLVED:
        return (
            ReversalStanding.IN_DOUBT,
            "The position is closed; whether the new one is open is unknown.",
        )
    if second.state not in FINAL:
        return ReversalStanding.UNDER_WAY, "The position is closed; the new one is being opened."
    if second.state is S.FILLED:
        return ReversalStanding.FLIPPED, "Flipped: the position was closed and the new one opened."
    if second.filled_quantity > 0:
        size = second.frozen_quantity or second.quantity or Decimal(0)
        opened = f"{second.filled_quantity:f} of {size:f} was opened"
        return ReversalStanding.PARTLY_FLIPPED, f"Flipped in part: {opened}."
    return ReversalStanding.FLAT, f"Flat, not flipped: the opening order was {_ended(second)}."


def _ended(order: Order) -> str:
    word = order.state.replace("_", " ")
    return word if order.error_code in {None, word} else f"{word} ({order.error_code})"


def _because(why_not: str | None) -> str:
    match why_not:
        case "kill_switch_active":
            return " because the kill switch is engaged"
        case "cancel_requested":
            return " because a cancel was asked for"
        case _:
            return " because the close was complete only after its order had ended"


def _leg(order: Order) -> Leg:
    return Leg(
        order_id=order.id,
        leg=order.leg,
        side=order.side,
        quantity=order.frozen_quantity or order.quantity,
        filled_quantity=order.filled_quantity,
        average_price=order.average_price,
        state=order.state,
        error_code=order.error_code,
    )
