"""What the record says on the bus: the hints of its orders, each attempt with its own dedup id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.envelope import Envelope, seal
from bus.messages import CancelOrder, ExecuteOrder
from handlers.records.orders import OutboxItem

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from bus.values import Clock
    from handlers.records.orders import Order


def execute_hint(
    command: ExecuteOrder, clock: Clock, *, until: datetime, parent: str, attempt: int = 1
) -> Envelope:
    """Return the hint that an order is queued; `parent` is its traceparent."""
    return seal(
        command,
        clock=clock,
        dedup_id=f"execute:{command.order_id}:{attempt}",
        deadline=until,
        traceparent=parent,
    )


def cancel_hint(command: CancelOrder, clock: Clock, *, parent: str, attempt: int = 1) -> Envelope:
    """Return the hint that an order's cancel is wanted."""
    dedup_id = f"cancel:{command.order_id}:{attempt}"
    return seal(command, clock=clock, dedup_id=dedup_id, traceparent=parent)


def outbox_item(
    order: Order, clock: Clock, *, row: UUID, is_cancel: bool, attempt: int
) -> OutboxItem:
    """Return what an outbox row says."""
    user, account, parent = order.user_id, order.account_id, order.traceparent
    if is_cancel:
        cancel = CancelOrder(user_id=user, order_id=order.id, account_id=account)
        envelope = cancel_hint(cancel, clock, parent=parent, attempt=attempt)
    else:
        execute = ExecuteOrder(user_id=user, order_id=order.id, account_id=account)
        envelope = execute_hint(
            execute, clock, until=order.expires_at, parent=parent, attempt=attempt
        )
    return OutboxItem(id=row, envelope=envelope, attempt=attempt)
