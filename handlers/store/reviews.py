"""The port for orders that only their user can close."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bus.values import OrderState
from handlers.records.orders import Settlement

if TYPE_CHECKING:
    from decimal import Decimal

    from bus.values import OrderId, UserId
    from handlers.records.audit import Deed


class Resolution(StrEnum):
    """What closing an order came to."""

    RESOLVED = "resolved"
    NOT_IN_REVIEW = "not_in_review"
    NOT_FOUND = "not_found"


class ReviewOutcome(StrEnum):
    """What became of an order that nobody could find out about, as its user saw it at the venue.

    `placed` works there, `filled` did so whole, `expired` is over with no more than what is
    recorded of it, and `not_placed` was never there.
    """

    PLACED = "placed"
    NOT_PLACED = "not_placed"
    FILLED = "filled"
    EXPIRED = "expired"


class ReviewStore(Protocol):
    """Orders in `needs_review`."""

    async def resolve(
        self,
        user: UserId,
        order: OrderId,
        outcome: ReviewOutcome,
        *,
        filled_quantity: Decimal | None = None,
        deed: Deed | None = None,
    ) -> Resolution:
        """Turn `needs_review` into what its user says, and the quantity filled of it.

        What the venue shows later still wins. Entries of its account and symbol are held back by
        it no longer. With a deed, it is told in the audit log in the same transaction. Repeating a
        call whose answer was lost is answered `NOT_IN_REVIEW`.
        """
        ...


_STATES = {
    ReviewOutcome.PLACED: OrderState.ACCEPTED,
    ReviewOutcome.NOT_PLACED: OrderState.NOT_PLACED,
    ReviewOutcome.FILLED: OrderState.FILLED,
    ReviewOutcome.EXPIRED: OrderState.EXPIRED,
}


def said_by_user(
    order: OrderId, outcome: ReviewOutcome, *, filled_quantity: Decimal | None
) -> Settlement:
    """Return what a user's word settles; its epoch is the order's own."""
    return Settlement(
        order_id=order,
        state=_STATES[outcome],
        filled_quantity=filled_quantity,
        epoch=0,
        actor="user",
        evidence={"resolved_by": "user"},
    )
