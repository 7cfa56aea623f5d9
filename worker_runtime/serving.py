"""From a user's name to a worker that serves, and back: lease, service, last look."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from handlers.errors import StoreUnavailableError
from worker_runtime.health import Health
from worker_runtime.leases import take
from worker_runtime.worker import Ending, Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import UserId, WorkerId
    from handlers.records.orders import Lease
    from worker_runtime.drain import Drain
    from worker_runtime.ports import Ports

_LAST_LOOK = 2.0

_log = logging.getLogger(__name__)


async def serve_user(
    user: UserId,
    ports: Ports,
    *,
    worker: WorkerId,
    drain: Drain,
    on_lease: Callable[[Lease], None] = lambda _: None,
) -> Ending:
    """Take the user's lease and serve until asked to leave; returns why it ended.

    Args:
        user: Whom to serve.
        ports: Everything outside of the process.
        worker: Who we are.
        drain: Asks the worker to leave.
        on_lease: Called with the lease when it is ours, for whoever must release it if we die.
    """
    health = Health(ports, worker)
    try:
        lease = await take(user, worker, ports, is_wanted=lambda: not drain.is_begun)
        if lease is None:
            return Ending.NOT_WANTED
        on_lease(lease)
        ending = await Worker(lease, ports, drain=drain, health=health).serve()
        if ending is Ending.DRAINED:
            await _look_once_more(user, lease, ports)
        return ending
    finally:
        await health.drop()


async def _look_once_more(user: UserId, lease: Lease, ports: Ports) -> None:
    """Hand the user to a warm worker if something came in while this one left.

    Where none waits, the relay asks for one: no worker loads a queue's driver for a message.
    """
    with anyio.move_on_after(_LAST_LOOK):
        try:
            if await ports.store.work.oldest_queued(user, limit=1):
                await ports.bus.pool.forget(user, lease.worker_id)
                await ports.bus.pool.claim(user)
        except (StoreUnavailableError, TransportUnavailableError):
            _log.warning("last_look_failed", extra={"user_id": str(user)})
