"""Cleans up after workers that ended: their lease at once, and a wish where work is left."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from bus.base import Destination
from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from handlers.asking.wanted_worker import sealed_wish
from handlers.errors import HandlersError, StoreUnavailableError
from handlers.launcher.base import LauncherUnavailableError
from handlers.records.orders import Lease
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from bus.base import Publisher
    from bus.values import UserId
    from handlers.launcher.local import LocalLauncher
    from handlers.launcher.wire import Child, Ended
    from handlers.services import Services
    from worker_runtime.hosting.refill import Refill
    from worker_runtime.pace import Pace

# A lease runs for 15 s; past that it needs no release.
_RELEASE_PATIENCE = 15.0
_PROVED_AFTER = 60.0

_log = logging.getLogger(__name__)


class Reaper:
    """Waits for ends and does what the dead cannot do any more."""

    def __init__(
        self,
        launcher: LocalLauncher,
        services: Services,
        publisher: Publisher,
        *,
        refill: Refill,
        pace: Pace,
    ) -> None:
        self._launcher = launcher
        self._services = services
        self._publisher = publisher
        self._refill = refill
        self._pace = pace
        self._pauses: dict[UserId, Pauses] = {}
        self._pool_pauses = Pauses(pace)

    async def run(self) -> None:
        """Clean up after each worker, until the zygote is gone."""
        async with anyio.create_task_group() as tasks:
            while (ended := await self._launcher.next_ended()) is not None:
                tasks.start_soon(self._clean_up, ended)

    async def _clean_up(self, ended: Ended) -> None:
        child = ended.child
        if ended.code != 0:
            _log.error(
                "worker_died",
                extra=_names(child) | {"pid": child.pid, "code": ended.code},
            )
        with anyio.move_on_after(_RELEASE_PATIENCE):
            await self._release(child)
        await self._forget(child)
        await self._bury(child)
        if child.user_id is None:
            await self._replace_in_pool(ended)
        elif ended.code != 0:
            await self._ask_for_another(child.user_id, ended)

    async def _release(self, child: Child) -> None:
        """End the lease of the dead: the same worker's and the same epoch's, so nobody else's."""
        if child.user_id is None or child.epoch is None:
            return
        lease = Lease(user_id=child.user_id, worker_id=child.worker_id, epoch=child.epoch)
        pauses = Pauses(self._pace)
        while True:
            try:
                await self._services.store.leases.end(lease)
            except StoreUnavailableError:
                await anyio.sleep(pauses.take())
            else:
                return

    async def _forget(self, child: Child) -> None:
        """Take away what others see of it; what fails here ends by itself in a few seconds."""
        try:
            if child.user_id is None:
                await self._services.pool.withdraw(child.worker_id)
            else:
                await self._services.pool.forget(child.user_id, child.worker_id)
                await self._services.hints.unmark(child.user_id, child.worker_id)
            await self._services.store.workers.drop(child.worker_id)
        except (TransportUnavailableError, StoreUnavailableError):
            _log.debug("worker_not_forgotten", extra=_names(child))

    async def _bury(self, child: Child) -> None:
        try:
            await self._launcher.bury(child.worker_id)
        except LauncherUnavailableError:
            # The zygote is gone, and we with it.
            return

    async def _replace_in_pool(self, ended: Ended) -> None:
        """Have a waiting worker replaced, less eagerly each time that one dies young."""
        if ended.lived_s > _PROVED_AFTER:
            self._pool_pauses.reset()
        await anyio.sleep(self._pool_pauses.take())
        if self._launcher.is_closing:
            return
        try:
            await self._refill.ask()
        except TransportUnavailableError:
            _log.warning("pool_not_asked_for", extra=_names(ended.child))

    async def _ask_for_another(self, user: UserId, ended: Ended) -> None:
        """Ask for another worker if work is left, later each time that one dies young."""
        pauses = self._pauses.setdefault(user, Pauses(self._pace))
        if ended.lived_s > _PROVED_AFTER:
            pauses.reset()
        while not self._launcher.is_closing:
            await anyio.sleep(pauses.take())
            try:
                if await self._services.store.work.has_work(user):
                    await self._ask(user)
            except (HandlersError, TransportUnavailableError):
                _log.warning("worker_not_asked_for", extra=_names(ended.child))
            else:
                return

    async def _ask(self, user: UserId) -> None:
        """Tell the control plane, which takes one of the user's wishes after the other."""
        wish = sealed_wish(user, self._services.clock, occasion=str(uuid7()))
        await self._publisher.publish(Destination.WORKER_CONTROL, wish)


def _names(child: Child) -> dict[str, str | int]:
    """Return whom a line is about."""
    return {"worker_id": str(child.worker_id), "user_id": str(child.user_id)}
