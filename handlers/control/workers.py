"""Who should have a worker: level-triggered, so that asking twice does no more than asking once.

A user has a worker as long as somebody holds their lease; a process that runs for them without it
for long is hung, and replaced. Nothing here waits for the new worker:
whatever is lost on the way is asked for again by the relay while an order makes no progress.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from bus.ids import uuid7
from bus.messages import ClaimWorker, Drain, KeepPool, Message, StartWorker, StopWorker
from bus.values import HOUSE, UserId, WorkerId
from handlers.control.fleet import fleet
from handlers.errors import HandlersError
from handlers.launcher.base import LauncherUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.control.fleet import Member
    from handlers.launcher.base import Task
    from handlers.services import Services

# A lease runs for 15 s; a new process may need a while to take its own.
_GROWN_AFTER = timedelta(seconds=20)
# PostgreSQL may have been away: a worker that lives renews its lease within this time.
_HUNG_AFTER = timedelta(seconds=10)
# A look longer ago than that says nothing of what was in between.
_LOOK_COUNTS_FOR = timedelta(seconds=60)
# What hangs is away as well. Shorter than `handlers.wiring.LIMITS`; a start that was cut is found
# in the fleet by the next try.
_PATIENCE = 3.0
# The next try of a start, a few seconds on, would come too late for this deadline.
_LAST_TRY = timedelta(seconds=5)
# Of the starts that a user's orders go on asking for, one is set aside in this time.
_TOLD_FOR = timedelta(minutes=5)

_log = logging.getLogger(__name__)


class WorkerNotStartedError(HandlersError):
    """The time in which a worker was wanted is over; starting it now helps nobody."""


async def start_worker(message: StartWorker, services: Services) -> Sequence[Message]:
    """See to it that the user has a worker: a warm one if any waits, else a new one."""
    return await _ensure(message.user_id, services, deadline=message.deadline)


async def claim_worker(message: ClaimWorker, services: Services) -> Sequence[Message]:
    """See to it that the promised worker serves the user; start another if it does not."""
    return await _ensure(message.user_id, services, deadline=message.deadline)


async def stop_worker(message: StopWorker, services: Services) -> Sequence[Message]:
    """Have the user's worker finish what it has in hand and leave."""
    user = message.user_id
    tasks = [each.task for each in await fleet(services) if each.user_id == user]
    for task in tasks:
        await services.launcher.stop(task)
    if tasks or await services.store.leases.holder(user) is None:
        return ()
    # It runs where this launcher does not see it, or was claimed from a pool that it does not name.
    return (Drain(user_id=user, reason=message.reason),)


async def _ensure(user: UserId, services: Services, *, deadline: datetime) -> Sequence[Message]:
    holder = await services.store.leases.holder(user)
    if holder is not None:
        services.without_lease.pop(holder.worker_id, None)
        return ()
    if services.clock.now() >= deadline:
        msg = f"no worker was started before {deadline.isoformat()}"
        raise WorkerNotStartedError(msg)
    try:
        return await _start_in_time(user, services)
    except LauncherUnavailableError as error:
        # It is asked again until the deadline. Then the wish is given up, seen by a person.
        if deadline - services.clock.now() > _LAST_TRY:
            raise
        _log.error("worker_not_started", extra={"user_id": str(user), "why": str(error)})
        if _is_told_already(user, services):
            return ()
        msg = f"no worker was started before {deadline.isoformat()}: {error}"
        raise WorkerNotStartedError(msg) from error


async def _start_in_time(user: UserId, services: Services) -> Sequence[Message]:
    try:
        with anyio.fail_after(_PATIENCE):
            return await _start(user, services)
    except TimeoutError as error:
        raise LauncherUnavailableError("no worker was started in time") from error


async def _start(user: UserId, services: Services) -> Sequence[Message]:
    running = await fleet(services)
    _forget_ended(running, services)
    own = [each.task for each in running if each.user_id == user]
    hung = [task for task in own if _is_hung(task, services)]
    if len(hung) < len(own):
        return ()
    for task in hung:
        _log.warning("worker_hung", extra={"worker_id": str(task.worker_id), "user_id": str(user)})
        await services.launcher.stop(task)
    if await services.pool.claim(user) is None:
        await services.launcher.launch(WorkerId(uuid7()), user)
        return ()
    # Whoever takes a warm worker has the pool filled up again.
    return (KeepPool(user_id=HOUSE),)


def _is_told_already(user: UserId, services: Services) -> bool:
    """Say whether a start of this user's was set aside lately; note that one is now."""
    now, told = services.clock.now(), services.given_up
    for old in [each for each, at in told.items() if now - at >= _TOLD_FOR]:
        del told[old]
    is_told = user in told
    told.setdefault(user, now)
    return is_told


def _is_hung(task: Task, services: Services) -> bool:
    """Say whether two looks, far enough apart, found this grown process without its lease."""
    now, seen = services.clock.now(), services.without_lease
    if now - seen.get(task.worker_id, now) > _LOOK_COUNTS_FOR:
        del seen[task.worker_id]
    first = seen.setdefault(task.worker_id, now)
    return now - task.started_at >= _GROWN_AFTER and now - first >= _HUNG_AFTER


def _forget_ended(running: Sequence[Member], services: Services) -> None:
    alive = {member.worker_id for member in running}
    for worker in services.without_lease.keys() - alive:
        del services.without_lease[worker]
