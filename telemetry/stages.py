"""The names of all hops: one list for timelines, spans, metrics and budgets."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """A hop on an order's way, in the order of the path; then what may happen beside it.

    The last three are hops of the control plane, named after the handler that a message is for.
    """

    EDGE_RECEIVED = "edge_received"
    EDGE_RECORDED = "edge_recorded"
    HINTED = "hinted"
    DELIVERED = "delivered"
    FROZEN = "frozen"
    CLAIMED = "claimed"
    SENT = "sent"
    ANSWERED = "answered"
    SETTLED = "settled"

    TAKEN_OVER = "taken_over"
    RESOLVED = "resolved"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_SENT = "cancel_sent"
    EXPIRED = "expired"
    DENIED = "denied"

    WORKER_CONTROL = "worker_control"
    ORDER_TASKS = "order_tasks"
    MAINTENANCE_WORKER = "maintenance_worker"
