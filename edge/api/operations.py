"""What an operator watches: workers, queues, letters set aside, how long hops take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from litestar import get

from bus.base import Destination
from bus.errors import TransportUnavailableError
from edge.given import PortsGiven
from edge.guards import operates
from handlers.dead_letters import QUEUES
from handlers.observing.latency import HopTimes, hop_times
from telemetry.stages import Stage

if TYPE_CHECKING:
    from bus.bundle import Bus

WINDOW = timedelta(minutes=15)
_MOST_ORDERS = 1000
_MOST_LETTERS = 1000


class QueueBody(msgspec.Struct, frozen=True, kw_only=True):
    """A queue, and how many of its messages were set aside, 1,000 at most."""

    destination: Destination
    dead_letters: int


class HopBody(msgspec.Struct, frozen=True, kw_only=True):
    """How long it took to come to a stage from the one before, in milliseconds, nearest rank."""

    stage: Stage
    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


class OperationsBody(msgspec.Struct, frozen=True, kw_only=True):
    """What there is at this moment, of all users.

    Attributes:
        workers: Worker processes that are not gone, by state.
        leases: Leases that run.
        pool_ready: Warm workers that wait for a user; without it, the post did not answer.
        orders: Orders that are not over, by state.
        oldest_s: Age of the oldest order, by state, in seconds.
        unsent: Commands that no worker has taken.
        queues: Without it, the post did not answer.
        hops: Of the orders that something happened to in the last `window_s` seconds.
        measured: How many orders the hops are of, 1,000 at most.
    """

    at: datetime
    workers: dict[str, int]
    leases: int
    pool_ready: int | None
    orders: dict[str, int]
    oldest_s: dict[str, float]
    unsent: int
    queues: list[QueueBody] | None
    hops: list[HopBody]
    measured: int
    window_s: int


@get(
    "/api/operations",
    guards=[operates],
    tags=["Operations"],
    summary="Watch the whole system",
    opt={"takes": frozenset[str]()},
)
async def show_operations(ports: PortsGiven) -> OperationsBody:
    """Return how all of it is doing; for operators who are signed in. No secret, no money."""
    now = ports.clock.now()
    census = await ports.store.watch.census()
    trails = await ports.store.watch.trails(after=now - WINDOW, waiting=(), limit=_MOST_ORDERS)
    pool_ready, queues = await _post(ports.bus)
    return OperationsBody(
        at=now,
        workers=dict(census.workers),
        leases=census.leases,
        pool_ready=pool_ready,
        orders=dict(census.orders),
        oldest_s=dict(census.oldest),
        unsent=census.unsent,
        queues=queues,
        hops=[_hop(each) for each in hop_times(trails)],
        measured=len(trails),
        window_s=int(WINDOW.total_seconds()),
    )


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


def _hop(times: HopTimes) -> HopBody:
    return HopBody(**msgspec.structs.asdict(times))


ROUTES = (show_operations,)
