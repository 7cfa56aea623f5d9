"""Worker processes in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.store.people import WorkerStore
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from bus.values import WorkerId
    from handlers.store.postgres.connections import Database
    from handlers.views import WorkerView


class PostgresWorkers(WorkerStore):
    """Worker processes, as the dashboard and maintenance see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def put(self, worker: WorkerView) -> None:
        await self._database.rows("SELECT put_worker($1::jsonb)", as_json(worker))

    @override
    async def drop(self, worker: WorkerId) -> None:
        await self._database.rows("SELECT drop_worker($1)", worker)
