"""What the record tells the control plane: looks that are due, and what seems out of order."""

from __future__ import annotations

from bus.messages import Finding
from bus.values import OrderId, UserId
from handlers.records.base import Record
from handlers.records.orders import Lease, Order


class DueCheck(Record, frozen=True, kw_only=True):
    """An order at a venue, and the number of its next look."""

    order: Order
    attempt: int


class OrderFinding(Record, frozen=True, kw_only=True):
    """An order that nobody moves although somebody should have, and the trace it belongs to."""

    finding: Finding
    user_id: UserId
    order_id: OrderId
    traceparent: str


class LeaseSeen(Record, frozen=True, kw_only=True):
    """A lease, and whether its worker was seen within 30 s."""

    lease: Lease
    is_running: bool
    is_seen: bool
