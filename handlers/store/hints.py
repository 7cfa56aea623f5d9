"""What an outbox row says on the bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.envelope import seal
from bus.messages import CancelOrder, ExecuteOrder
from handlers.order_records import OutboxItem

if TYPE_CHECKING:
    from uuid import UUID

    from bus.values import Clock
    from handlers.order_records import Order


def outbox_item(
    order: Order, clock: Clock, *, row: UUID, is_cancel: bool, attempt: int
) -> OutboxItem:
    """Seal an order's command; each attempt has its own dedup id, so that none is swallowed."""
    kind, verb = (CancelOrder, "cancel") if is_cancel else (ExecuteOrder, "execute")
    envelope = seal(
        kind(user_id=order.user_id, order_id=order.id, account_id=order.account_id),
        clock=clock,
        dedup_id=f"{verb}:{order.id}:{attempt}",
        deadline=None if is_cancel else order.expires_at,
        traceparent=order.traceparent,
    )
    return OutboxItem(id=row, envelope=envelope, attempt=attempt)
