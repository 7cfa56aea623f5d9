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
    from handlers.store.postgres.connections import Database
    from handlers.views import WorkerView

_DROP_OTHERS = """
SELECT drop_worker(w.id) FROM workers AS w
WHERE w.host = $1 AND w.started_at < $3 AND NOT w.id = ANY($2::uuid[])
"""


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

    @override
    async def drop_others(
        self, host: str, *, alive: Sequence[WorkerId], started_before: datetime
    ) -> None:
        await self._database.rows(_DROP_OTHERS, host, list(alive), started_before)
