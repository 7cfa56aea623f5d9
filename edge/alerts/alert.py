"""One alert on its way through the edge: what came in, and what is to be done after the reply."""

from __future__ import annotations

from datetime import datetime

import msgspec

from bus.envelope import Envelope
from bus.values import OrderId, UserId
from edge.alerts.replies import Answer
from edge.errors import ApiError
from telemetry.propagation import TraceContext


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it came.

    Attributes:
        token: From the address; `None` where the body holds it.
        is_paper_only: The address asks for paper, whatever the strategy's mode.
        unreadable: Why there is no body, where there is none.
        is_test: Its strategy's user sends it from a session, to try the way; it is shown as that.
        language: Of the reply; a webhook answers programs, in English.
    """

    token: str | None
    body: bytes
    is_paper_only: bool
    received_at: datetime
    trace: TraceContext
    unreadable: ApiError | None = None
    is_test: bool = False
    language: str = "en"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An answered alert.

    Attributes:
        hints: What the user's worker is to be told.
        orders: The orders that the hints are about, in their order.
    """

    answer: Answer
    user_id: UserId
    trace: TraceContext
    hints: tuple[Envelope, ...] = ()
    orders: tuple[OrderId, ...] = ()
