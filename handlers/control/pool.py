"""The pool of warm workers: as many as are wanted, none of them old."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from bus.ids import uuid7
from bus.values import WorkerId
from handlers.control.fleet import fleet
from handlers.launcher.base import Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.messages import KeepPool, Message
    from handlers.services import Services

# What a process leaks, and what its libraries remember, must not be for ever.
OLDEST = timedelta(days=1)


class PoolPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What brings a pool to its size: how many to start, and which to send away."""

    start: int
    retire: tuple[Task, ...]


def plan_pool(waiting: Sequence[Task], *, size: int, now: datetime, version: str) -> PoolPlan:
    """Keep the youngest of the current version, up to `size`; all others go."""
    fit = [task for task in waiting if task.version == version and now - task.started_at < OLDEST]
    kept = sorted(fit, key=lambda task: task.started_at, reverse=True)[:size]
    stay = {task.worker_id for task in kept}
    return PoolPlan(
        start=size - len(kept),
        retire=tuple(task for task in waiting if task.worker_id not in stay),
    )


async def keep_pool(message: KeepPool, services: Services) -> Sequence[Message]:
    """Start what is missing, then send away what is too old or too much."""
    del message
    launcher = services.launcher
    # Two that count at the same time would both start what is missing once.
    async with services.pool_turn:
        waiting = [each.task for each in await fleet(services) if each.user_id is None]
        plan = plan_pool(
            waiting,
            size=services.pool_size,
            now=services.clock.now(),
            version=await launcher.version(),
        )
        for _ in range(plan.start):
            await launcher.launch(WorkerId(uuid7()), None)
        for task in plan.retire:
            # Nobody may claim it any more; who did a moment ago finds another by the relay.
            await services.pool.withdraw(task.worker_id)
            await launcher.stop(task)
    return ()
