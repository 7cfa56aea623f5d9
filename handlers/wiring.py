"""Which handler takes which message: the whole wiring of commands, one table."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from bus.base import Destination
from bus.dispatch import Dispatcher, Publishing
from bus.messages import (
    ClaimWorker,
    Command,
    FindOrphans,
    HealOrphan,
    KeepPool,
    StartWorker,
    StopWorker,
    VerifyOrder,
)
from bus.middleware import deadline, expired
from handlers.control import healing, maintenance, order_tasks, pool, workers
from handlers.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bus.base import Publisher
    from handlers.services import Handler, Services

# Three attempts and the pauses between them stay under the 20 s that a poisoned message may hold
# its group up; each ends before the function that runs it is killed (`lambda_entry.functions`).
LIMITS: Mapping[Destination, timedelta] = MappingProxyType(
    {
        Destination.WORKER_CONTROL: timedelta(seconds=4),
        Destination.ORDER_TASKS: timedelta(seconds=5),
        Destination.POOL_CLAIM: timedelta(seconds=4),
        Destination.MAINTENANCE: timedelta(seconds=10),
    }
)
TURN_LIMIT = timedelta(seconds=30)
"""A turn of a schedule looks at everything, which takes longer than one message."""

HANDLERS: Mapping[type[Command], Handler] = MappingProxyType(
    {
        StartWorker: workers.start_worker,
        StopWorker: workers.stop_worker,
        ClaimWorker: workers.claim_worker,
        VerifyOrder: order_tasks.verify_order,
        FindOrphans: maintenance.find_orphans,
        HealOrphan: healing.heal,
        KeepPool: pool.keep_pool,
    }
)


def dispatcher_of(
    destination: Destination, services: Services, publisher: Publisher
) -> Dispatcher[Services]:
    """Put together what carries out the messages of one destination."""
    return _dispatcher(services, publisher, LIMITS[destination])


def turn_dispatcher(services: Services, publisher: Publisher) -> Dispatcher[Services]:
    """Put together what carries out the turns of schedules."""
    return _dispatcher(services, publisher, TURN_LIMIT)


def _dispatcher(services: Services, publisher: Publisher, limit: timedelta) -> Dispatcher[Services]:
    return Dispatcher(
        HANDLERS,
        services,
        judge=judge,
        publish=Publishing(publisher, services.clock),
        middleware=(expired(services.clock), deadline(services.clock, limit=limit)),
    )
