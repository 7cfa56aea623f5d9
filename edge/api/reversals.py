"""A reversal as the API prints it, beside the order that asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from bus.values import OrderState, Side
from handlers.records.reversal import ReversalStanding

if TYPE_CHECKING:
    from handlers.records.reversal import Leg, Reversal


class LegBody(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a reversal, in its own state."""

    order_id: UUID
    leg: int
    side: Side | None
    quantity: str | None
    filled_quantity: str
    average_price: str | None
    state: OrderState
    error_code: str | None


class ReversalBody(msgspec.Struct, frozen=True, kw_only=True):
    """Where a reversal has come to: a word for programs, the same for people, and its orders."""

    standing: ReversalStanding
    text: str
    legs: list[LegBody]


def reversal_body(reversal: Reversal) -> ReversalBody:
    """Print where a reversal has come to."""
    return ReversalBody(
        standing=reversal.standing,
        text=reversal.text,
        legs=[_leg_body(leg) for leg in reversal.legs],
    )


def _leg_body(leg: Leg) -> LegBody:
    return LegBody(
        order_id=leg.order_id,
        leg=leg.leg,
        side=leg.side,
        quantity=None if leg.quantity is None else format(leg.quantity, "f"),
        filled_quantity=format(leg.filled_quantity, "f"),
        average_price=None if leg.average_price is None else format(leg.average_price, "f"),
        state=leg.state,
        error_code=leg.error_code,
    )
