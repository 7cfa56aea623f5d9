"""The wish that a user has a worker, and how long such a wish is worth anything."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bus.messages import StartWorker

if TYPE_CHECKING:
    from bus.values import Clock, OrderId, UserId

# Past this who still wants one asks again: the relay, the worker's host or maintenance.
WANTED_FOR = timedelta(seconds=60)


def wanted_worker(user: UserId, clock: Clock, *, cause: OrderId | None = None) -> StartWorker:
    """Return the message that asks for a user's worker, wanted from now on; `cause` is an order."""
    return StartWorker(user_id=user, cause=cause, deadline=clock.now() + WANTED_FOR)
