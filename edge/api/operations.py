"""What an operator watches: the pool, and what the queues have set aside."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from litestar import get

from bus.base import Destination
from bus.errors import TransportUnavailableError
from edge.given import PortsGiven
from edge.guards import operates
from handlers.control.dead_letters import QUEUES

if TYPE_CHECKING:
    from bus.bundle import Bus

_MOST_LETTERS = 1000


class QueueBody(msgspec.Struct, frozen=True, kw_only=True):
    """A queue, and how many of its messages were set aside, 1,000 at most."""

    destination: Destination
    dead_letters: int


class OperationsBody(msgspec.Struct, frozen=True, kw_only=True):
    """What the post tells at this moment, of all users.

    Attributes:
        pool_ready: Warm workers that wait for a user; without it, the post did not answer.
        queues: Without it, the post did not answer.
    """

    at: datetime
    pool_ready: int | None
    queues: list[QueueBody] | None


@get(
    "/api/operations",
    guards=[operates],
    tags=["Operations"],
    summary="Watch the whole system",
    opt={"takes": frozenset[str]()},
)
async def show_operations(ports: PortsGiven) -> OperationsBody:
    """Return how the pool and the queues are; for operators who are signed in.

    It counts and names nobody. What the record has of all users is not the edge's to read.
    """
    pool_ready, queues = await _post(ports.bus)
    return OperationsBody(at=ports.clock.now(), pool_ready=pool_ready, queues=queues)


async def _post(bus: Bus) -> tuple[int | None, list[QueueBody] | None]:
    """Look at the post; a person who looks because it is down is shown the rest."""
    try:
        ready = await bus.pool.ready()
    except TransportUnavailableError:
        ready = None
    try:
        return ready, [await _queue(bus, each) for each in QUEUES]
    except TransportUnavailableError:
        return ready, None


async def _queue(bus: Bus, destination: Destination) -> QueueBody:
    letters = await bus.dead_letters.dead(destination, limit=_MOST_LETTERS)
    return QueueBody(destination=destination, dead_letters=len(letters))


ROUTES = (show_operations,)
