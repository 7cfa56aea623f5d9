"""What became of one attempt to execute an order: what its lane goes on by."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bus.values import OrderId, OrderState
from handlers.asking.replies import Reply
from handlers.records.orders import WhyNot


class Executed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one attempt to execute an order.

    Attributes:
        state: The state it was left in; `None` where it was not looked at.
        why: Set where the order could not be claimed.
        ahead: The older order that goes first, when `why` is `BEHIND`.
        child: A reversal's second leg, now queued.
        retry_after: When to try the same order again; `None` where that makes no sense.
        is_link: It was one of a chain of sizes: what waits for a sibling may be next now.
        reply: What to say to whoever waits for it, where the command lets somebody wait.
        code: Why it was refused, or is in doubt, as a stable code.
        trace_id: The trace of the alert that it came from.
    """

    state: OrderState | None
    why: WhyNot | None = None
    ahead: OrderId | None = None
    child: OrderId | None = None
    retry_after: timedelta | None = None
    is_link: bool = False
    reply: Reply | None = None
    code: str | None = None
    trace_id: str = ""
