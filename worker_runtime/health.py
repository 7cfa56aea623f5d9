"""What others see of a worker: its routing hint on the bus and its row in the record."""

from __future__ import annotations

import logging
import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from handlers.errors import StoreUnavailableError
from handlers.views import WorkerState, WorkerView

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import UserId, WorkerId
    from handlers.order_records import Lease
    from worker_runtime.ports import Ports

_LAST_WORD = 1.0

_log = logging.getLogger(__name__)


class Health:
    """One worker's signs of life. All of them may fail without harm to an order."""

    def __init__(self, ports: Ports, worker: WorkerId) -> None:
        self._ports = ports
        self._worker = worker
        self._pace = ports.pace
        self._started_at = ports.clock.now()
        self._host = socket.gethostname()

    async def beat(self, lease: Lease, state: Callable[[], str]) -> None:
        """Refresh mark and row until cancelled."""
        pause = self._pace.settle_in
        while True:
            await self.mark(lease.user_id)
            await anyio.sleep(pause)
            await self.write(state(), user=lease.user_id, epoch=lease.epoch)
            await anyio.sleep(self._pace.beat - pause)

    async def beat_in_pool(self) -> None:
        """Refresh the row of a worker that waits for a user, until cancelled."""
        while True:
            await self.write(WorkerState.WARM)
            await anyio.sleep(self._pace.beat)

    async def mark(self, user: UserId) -> None:
        """Say on the bus that this worker serves the user's list."""
        ttl = timedelta(seconds=self._pace.mark_ttl)
        try:
            await self._ports.bus.hints.mark(user, self._worker, ttl=ttl)
        except TransportUnavailableError:
            _log.debug("mark_not_set")

    async def unmark(self, user: UserId) -> None:
        """Take the mark back, so that the next hint asks for another worker."""
        with anyio.move_on_after(_LAST_WORD, shield=True):
            try:
                await self._ports.bus.hints.unmark(user, self._worker)
            except TransportUnavailableError:
                _log.debug("mark_not_removed")

    async def write(
        self, state: str, *, user: UserId | None = None, epoch: int | None = None
    ) -> None:
        """Write the worker's row for the dashboard."""
        row = WorkerView(
            id=self._worker,
            user_id=user,
            state=state,
            epoch=epoch,
            pid=os.getpid(),
            host=self._host,
            started_at=self._started_at,
            last_seen_at=self._ports.clock.now(),
        )
        try:
            await self._ports.store.workers.put(row)
        except StoreUnavailableError:
            _log.debug("worker_row_not_written")

    async def drop(self) -> None:
        """Remove the row: the worker ends."""
        with anyio.move_on_after(_LAST_WORD, shield=True):
            try:
                await self._ports.store.workers.drop(self._worker)
            except StoreUnavailableError:
                _log.debug("worker_row_not_removed")
