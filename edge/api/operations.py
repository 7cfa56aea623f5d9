"""What an operator watches: workers, pool, queues, letters set aside, how long hops take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from litestar import get

from bus.base import Destination
from bus.errors import TransportUnavailableError
from edge.api.shapes import WorkerBody, worker_body
from edge.door.guards import operates
from edge.errors import ApiError
from edge.given import Caller, PortsGiven
from handlers.control.dead_letters import QUEUES
from telemetry.stages import Stage

if TYPE_CHECKING:
    from bus.bundle import Bus
    from handlers.records.trails import HopTimes

WINDOW = timedelta(minutes=15)
_MOST_ORDERS = 1000
_MOST_WORKERS = 200


class QueueBody(msgspec.Struct, frozen=True, kw_only=True):
    """A queue: how many of its messages wait, are being worked on, and were set aside."""

    destination: Destination
    waiting: int
    in_flight: int
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
        running: Those processes, 200 at most, the ones seen longest ago first.
        leases: Leases that run.
        orders: Orders that are not over, by state.
        oldest_s: Age of the oldest order, by state, in seconds.
        unsent: Commands that no worker has taken.
        pool_ready: Warm workers that wait for a user; without it, the post did not answer.
        queues: Without it, the post did not answer.
        hops: Of the orders that something happened to in the last `window_s` seconds.
        measured: How many orders the hops are of, 1,000 at most.
    """

    at: datetime
    workers: dict[str, int]
    running: list[WorkerBody]
    leases: int
    orders: dict[str, int]
    oldest_s: dict[str, float]
    unsent: int
    pool_ready: int | None
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
async def show_operations(ports: PortsGiven, principal: Caller) -> OperationsBody:
    """Return how all of it is doing; for operators who are signed in.

    It counts, and names processes and whose they are: nothing that anybody trades.
    """
    now = ports.clock.now()
    seen = await ports.store.watch.operations(
        principal.user_id, after=now - WINDOW, orders=_MOST_ORDERS, workers=_MOST_WORKERS
    )
    if seen is None:
        # The record asks again, and somebody may have ceased to be one since the guard did.
        raise ApiError(403, "forbidden", "This is for operators.")
    pool_ready, queues = await _post(ports.bus)
    return OperationsBody(
        at=now,
        workers=dict(seen.census.workers),
        running=[worker_body(worker) for worker in seen.workers],
        leases=seen.census.leases,
        orders=dict(seen.census.orders),
        oldest_s=dict(seen.census.oldest),
        unsent=seen.census.unsent,
        pool_ready=pool_ready,
        queues=queues,
        hops=[_hop(each) for each in seen.hops],
        measured=seen.measured,
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
    depth = await bus.depths.depth(destination)
    return QueueBody(
        destination=destination,
        waiting=depth.waiting,
        in_flight=depth.in_flight,
        dead_letters=depth.dead,
    )


def _hop(times: HopTimes) -> HopBody:
    return HopBody(**msgspec.structs.asdict(times))


ROUTES = (show_operations,)
