"""Where a live stream stands, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.records.views import FillView
from handlers.store.reading import StreamStore

if TYPE_CHECKING:
    from uuid import UUID

    from bus.values import UserId
    from handlers.store.postgres.connections import Database

_POSITION = "SELECT stream_n FROM user_counters WHERE user_id = $1"
_FILL = "SELECT to_jsonb(f) FROM fills AS f WHERE f.user_id = $1 AND f.id = $2"


class PostgresStreams(StreamStore):
    """What a live stream needs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def position(self, user: UserId) -> int:
        async with self._database.as_user(user) as connection:
            return await connection.fetchval(_POSITION, user) or 0

    @override
    async def fill(self, user: UserId, fill_id: UUID) -> FillView | None:
        async with self._database.as_user(user) as connection:
            found = await connection.fetchval(_FILL, user, fill_id)
        return None if found is None else msgspec.json.decode(found, type=FillView)
