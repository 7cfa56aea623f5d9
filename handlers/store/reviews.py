"""The port for orders that only their user can close."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bus.values import OrderState
from handlers.records.orders import Settlement

if TYPE_CHECKING:
    from bus.values import OrderId, UserId
    from handlers.records.audit import Deed


class Resolution(StrEnum):
    """What closing an order came to."""

    RESOLVED = "resolved"
    NOT_IN_REVIEW = "not_in_review"
    NOT_FOUND = "not_found"


class ReviewStore(Protocol):
    """Orders in `needs_review`."""

    async def resolve(
        self, user: UserId, order: OrderId, *, is_placed: bool, deed: Deed | None = None
    ) -> Resolution:
        """Turn `needs_review` into `accepted` or `not_placed`, as its user says.

        What the venue shows later still wins. Entries of its account and symbol are held back by
        it no longer. With a deed, it is told in the audit log in the same transaction. Repeating a
        call whose answer was lost is answered `NOT_IN_REVIEW`.
        """
        ...


def said_by_user(order: OrderId, *, is_placed: bool) -> Settlement:
    """Return what a user's word settles; its epoch is the order's own."""
    return Settlement(
        order_id=order,
        state=OrderState.ACCEPTED if is_placed else OrderState.NOT_PLACED,
        epoch=0,
        actor="user",
        evidence={"resolved_by": "user"},
    )
