"""Worker processes in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.store.people import WorkerStore
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import WorkerId
    from handlers.records.views import WorkerView
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.held import Held

_PUT = "SELECT put_own_worker($1::jsonb, $2::text[]::uuid[])"
_DROP = "SELECT drop_worker($1)"
_DROP_OWN = "SELECT drop_own_worker($1, $2::text[]::uuid[])"
_DROP_OTHERS = "SELECT drop_workers_of($1, $2::text[]::uuid[], $3)"


class PostgresWorkers(WorkerStore):
    """Worker processes, as the dashboard and maintenance see them."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database = database
        self._held = held

    @override
    async def put(self, worker: WorkerView) -> None:
        shown = [] if worker.user_id is None else self._held.of(worker.user_id)
        await self._database.rows(_PUT, as_json(worker), shown)

    @override
    async def drop(self, worker: WorkerId) -> None:
        await self._database.rows(_DROP, worker)

    @override
    async def drop_others(
        self, host: str, *, alive: Sequence[WorkerId], started_before: datetime
    ) -> None:
        await self._database.rows(
            _DROP_OTHERS, host, [str(worker) for worker in alive], started_before
        )


class OwnWorkers(PostgresWorkers):
    """As a worker has them."""

    @override
    async def drop(self, worker: WorkerId) -> None:
        await self._database.rows(_DROP_OWN, worker, self._held.all())
