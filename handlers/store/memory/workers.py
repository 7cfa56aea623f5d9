"""Worker processes in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.store.people import WorkerStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import WorkerId
    from handlers.records.views import WorkerView
    from handlers.store.memory.tables import Tables


class MemoryWorkers(WorkerStore):
    """Worker processes, as the dashboard and maintenance see them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def put(self, worker: WorkerView) -> None:
        await checkpoint()
        tables = self._tables
        known = tables.workers.get(worker.id)
        kept = msgspec.structs.replace(worker, last_seen_at=tables.clock.now())
        tables.workers[worker.id] = kept
        is_news = known is None or _shown(known) != _shown(kept)
        if is_news:
            tables.workers_since[worker.id] = kept.last_seen_at
            self._tell(kept)

    @override
    async def drop(self, worker: WorkerId) -> None:
        await checkpoint()
        gone = self._tables.workers.pop(worker, None)
        self._tables.workers_since.pop(worker, None)
        if gone is not None:
            self._tell(gone)

    @override
    async def drop_others(
        self, host: str, *, alive: Sequence[WorkerId], started_before: datetime
    ) -> None:
        await checkpoint()
        for worker in tuple(self._tables.workers.values()):
            is_old = worker.host == host and worker.started_at < started_before
            if is_old and worker.id not in alive:
                await self.drop(worker.id)

    def _tell(self, worker: WorkerView) -> None:
        if worker.user_id is not None and worker.user_id in self._tables.users:
            self._tables.enter(worker.user_id, "worker", worker.id)


def _shown(worker: WorkerView) -> tuple[object, ...]:
    """Return what a person would see change."""
    return (worker.user_id, worker.state, worker.epoch)
