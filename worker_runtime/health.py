"""What others see of a worker: its routing hint on the bus and its row in the record."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from bus.topics import events_topic
from handlers.errors import StoreUnavailableError
from handlers.records.views import WorkerState, WorkerView

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import UserId, WorkerId
    from handlers.records.orders import Lease
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
        self._stirred = anyio.Event()
        self._told: tuple[UserId | None, str] = (None, "")

    def stir(self) -> None:
        """Say that the worker's state may have changed."""
        self._stirred.set()

    async def beat(self, lease: Lease, state: Callable[[], WorkerState]) -> None:
        """Refresh mark and row until cancelled; a change of state is told soon, if it lasts."""
        now = WorkerState.CLAIMED
        pause = self._pace.settle_in
        while True:
            await self.mark(lease.user_id)
            ends = anyio.current_time() + self._pace.beat
            while anyio.current_time() < ends:
                await anyio.sleep(pause)
                await self.write(now, user=lease.user_id, epoch=lease.epoch)
                now = await self._next_state(now, state, ends=ends)
                pause = 0.0

    async def _next_state(
        self, before: WorkerState, state: Callable[[], WorkerState], *, ends: float
    ) -> WorkerState:
        """Wait for another state, or for the next beat.

        What passes within a moment is not told: an order of a few milliseconds costs no commit.
        """
        while anyio.current_time() < ends:
            self._stirred = anyio.Event()
            await anyio.sleep(self._pace.blink)
            if (now := state()) is not before:
                return now
            with anyio.CancelScope(deadline=ends):
                await self._stirred.wait()
        return state()

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
        else:
            await self._tell(row)

    async def drop(self) -> None:
        """Remove the row: the worker ends."""
        with anyio.move_on_after(_LAST_WORD, shield=True):
            try:
                await self._ports.store.workers.drop(self._worker)
            except StoreUnavailableError:
                _log.debug("worker_row_not_removed")
            await self._wake_streams()

    async def _tell(self, row: WorkerView) -> None:
        """Wake the user's streams if there is something new for them."""
        news = (row.user_id, row.state)
        if news != self._told:
            self._told = news
            await self._wake_streams()

    async def _wake_streams(self) -> None:
        user = self._told[0]
        if user is not None:
            with suppress(TransportUnavailableError):
                await self._ports.bus.broadcast.announce(events_topic(user), b"")
