"""The wish that a user has a worker, how long it is worth anything, and how it is posted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bus.envelope import seal
from bus.messages import StartWorker

if TYPE_CHECKING:
    from bus.envelope import Envelope
    from bus.values import Clock, OrderId, UserId

# Past this who still wants one asks again: the relay, the worker's host or maintenance.
WANTED_FOR = timedelta(seconds=60)


def wanted_worker(user: UserId, clock: Clock, *, cause: OrderId | None = None) -> StartWorker:
    """Return the message that asks for a user's worker, wanted from now on; `cause` is an order."""
    return StartWorker(user_id=user, cause=cause, deadline=clock.now() + WANTED_FOR)


def sealed_wish(
    user: UserId,
    clock: Clock,
    *,
    occasion: str,
    cause: OrderId | None = None,
    traceparent: str = "",
) -> Envelope:
    """Return the wish as it is posted to `worker-control`.

    `occasion` is what asks, this once: a queue remembers it for 5 minutes, and would swallow a
    repetition that is needed and comes under the same name.
    """
    return seal(
        wish := wanted_worker(user, clock, cause=cause),
        clock=clock,
        dedup_id=f"start:{user}:{occasion}",
        deadline=wish.deadline,
        traceparent=traceparent,
    )
