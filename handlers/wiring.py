"""Which handler takes which message: the whole wiring of commands, one table."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

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
from handlers import healing, maintenance, order_tasks, pool, workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.services import Handler

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
