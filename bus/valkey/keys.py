"""The names of all keys and channels. Braces are hash tags: what is used together shares a slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from bus.base import Destination
    from bus.values import UserId

POOL_READY = "{pool}:ready"
POOL_CLAIMS = "{pool}:claims"
POOL_HANDED = "{pool}:handed"
POOL_CLAIM_PREFIX = "{pool}:claim:"

POOL_MADE_PREFIX = "{pool}:made:"

_LANE_PARTS = ("messages", "ready", "flight", "dedup", "dead", "buried", "wake")


def requests(user: UserId) -> str:
    """Return the list of a user's commands."""
    return f"trading:user:{{{user}}}:requests"


def inflight(user: UserId, epoch: int) -> str:
    """Return the list of what an epoch's worker has taken and not finished."""
    return f"trading:user:{{{user}}}:inflight:{epoch}"


def active(user: UserId) -> str:
    """Return the mark of a user's running worker."""
    return f"worker:active:{{{user}}}"


def claiming(user: UserId) -> str:
    """Return the mark of who claims a worker for the user."""
    return f"worker:claiming:{{{user}}}"


def response(user: UserId, request: UUID) -> str:
    """Return the list, and the channel, of a request's reply."""
    return f"trading:response:{{{user}}}:{request}"


def lane(destination: Destination) -> tuple[str, ...]:
    """Return a lane's keys in the order of its scripts; the last is the wake list."""
    return tuple(f"lane:{{{destination}}}:{part}" for part in _LANE_PARTS)
