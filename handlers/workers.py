"""Who should have a worker: level-triggered, so that asking twice does no more than asking once.

A user has a worker as long as somebody holds their lease. Nothing here waits for the new worker:
whatever is lost on the way is asked for again by the relay while an order makes no progress.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.ids import uuid7
from bus.messages import ClaimWorker, Drain, Message, StartWorker, StopWorker
from bus.values import UserId, WorkerId
from handlers.errors import HandlersError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.services import Services


class WorkerNotStartedError(HandlersError):
    """The time in which a worker was wanted is over; starting it now helps nobody."""


async def start_worker(message: StartWorker, services: Services) -> Sequence[Message]:
    """See to it that the user has a worker: a warm one if any waits, else a new one."""
    await _ensure(message.user_id, services, deadline=message.deadline)
    return ()


async def claim_worker(message: ClaimWorker, services: Services) -> Sequence[Message]:
    """See to it that the promised worker serves the user; start another if it does not."""
    await _ensure(message.user_id, services, deadline=message.deadline)
    return ()


async def stop_worker(message: StopWorker, services: Services) -> Sequence[Message]:
    """Have the user's worker finish what it has in hand and leave."""
    user = message.user_id
    tasks = [task for task in await services.launcher.list() if task.user_id == user]
    for task in tasks:
        await services.launcher.stop(task)
    if tasks or await services.store.leases.holder(user) is None:
        return ()
    # It runs where this launcher does not see it, or was claimed from a pool that it does not name.
    return (Drain(user_id=user, reason=message.reason),)


async def _ensure(user: UserId, services: Services, *, deadline: datetime) -> None:
    if await services.store.leases.holder(user) is not None:
        return
    if services.clock.now() >= deadline:
        msg = f"no worker was started before {deadline.isoformat()}"
        raise WorkerNotStartedError(msg)
    if any(task.user_id == user for task in await services.launcher.list()):
        return
    if await services.pool.claim(user) is None:
        await services.launcher.launch(WorkerId(uuid7()), user)
