"""A warm worker: everything open, waiting to be handed a user."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from worker_runtime.health import Health
from worker_runtime.pace import Pauses
from worker_runtime.warming.warm_up import warm_up

if TYPE_CHECKING:
    from bus.values import UserId, WorkerId
    from worker_runtime.drain import Drain
    from worker_runtime.ports import Ports


async def wait_for_user(worker: WorkerId, ports: Ports, *, drain: Drain) -> UserId | None:
    """Offer this worker until it is handed a user; `None` when it shall leave instead."""
    health = Health(ports, worker)
    pauses = Pauses(ports.pace)
    await warm_up(ports)
    user: UserId | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(health.beat_in_pool)
        while user is None and not drain.is_begun:
            try:
                user = await _offer(worker, ports)
                pauses.reset()
            except TransportUnavailableError:
                await anyio.sleep(pauses.take())
        tasks.cancel_scope.cancel()
    if user is None:
        user = await _withdraw(worker, ports)
    if user is None:
        await health.drop()
    return user


async def _offer(worker: WorkerId, ports: Ports) -> UserId | None:
    """Say that this worker is ready, and wait until it is time to say so again.

    The wait is never cut short: a hand-over that was fetched would be lost with it.
    """
    await ports.bus.pool.offer(worker)
    return await ports.bus.pool.await_claim(worker, timeout=timedelta(seconds=ports.pace.offer))


async def _withdraw(worker: WorkerId, ports: Ports) -> UserId | None:
    """Take the offer back; whoever claimed just before is still served."""
    try:
        await ports.bus.pool.withdraw(worker)
        return await ports.bus.pool.await_claim(worker, timeout=timedelta(0))
    except TransportUnavailableError:
        return None
