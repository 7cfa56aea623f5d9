"""A user's live stream in PostgreSQL: where it stands, and what came after.

Entries are numbered by their transactions, and a transaction may commit after a later one. Reading
therefore ends before the oldest transaction under way: nothing ever comes behind what was read.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.records.views import FillView, StreamEvent, StreamPosition
from handlers.store.postgres.horizon import Horizon, end_of
from handlers.store.reading import StreamStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.store.postgres.connections import Database

_SNAPSHOT = "SELECT pg_current_snapshot()::text"
_ENTRIES = """
SELECT t.stream_n, pg_current_snapshot()::text AS snapshot, jsonb_build_object(
    'stream_n', t.stream_n, 'kind', t.kind, 'object_id', t.object_id, 'at', t.at
) AS entry
FROM (
    (
        SELECT e.stream_n, 'order' AS kind, e.order_id AS object_id, e.at
        FROM order_events AS e
        WHERE e.user_id = $1 AND e.stream_n > $2
        ORDER BY e.stream_n
        LIMIT $3::text::integer
    )
    UNION ALL
    (
        SELECT n.stream_n, n.kind, n.object_id, n.at
        FROM stream_entries AS n
        WHERE n.user_id = $1 AND n.stream_n > $2
        ORDER BY n.stream_n
        LIMIT $3::text::integer
    )
) AS t
ORDER BY t.stream_n
LIMIT $3::text::integer
"""
_FILL = "SELECT to_jsonb(f) FROM fills AS f WHERE f.user_id = $1 AND f.id = $2"
# How long what is committed waits for who began before it; a stream looks again by itself.
_PATIENCE_S = 1.0
_PAUSE_S = 0.002
_ENTRY = msgspec.json.Decoder(StreamEvent)


class Reader:
    """Reads streams' entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._horizon = Horizon(monotonic)

    async def after(self, user: UserId, n: int, *, limit: int) -> Sequence[StreamEvent]:
        """Read what came after an entry; what was committed by now is in it, or 1 s has passed."""
        until, pause = monotonic() + _PATIENCE_S, _PAUSE_S
        committed = -1
        while True:
            async with self._database.as_user(user) as connection:
                rows = await connection.fetch(_ENTRIES, user, n, str(limit))
            # What lies beyond the end came with rows of another server, and is nobody's news.
            rows = [row for row in rows if row["stream_n"] < end_of(row["snapshot"])]
            horizon = self._horizon.of(rows[0]["snapshot"]) if rows else 0
            entries = [_ENTRY.decode(row["entry"]) for row in rows if row["stream_n"] < horizon]
            if committed < 0:
                committed = rows[-1]["stream_n"] if rows else 0
            is_whole = len(entries) == len(rows) or any(e.stream_n >= committed for e in entries)
            if is_whole or monotonic() >= until:
                return entries
            await asyncio.sleep(pause)
            pause *= 2

    async def position(self) -> tuple[int, int]:
        """Return where reading would end now, and what no entry of this moment reaches."""
        snapshot = await self._database.value(_SNAPSHOT)
        return self._horizon.of(snapshot), end_of(snapshot)


class PostgresStreams(StreamStore):
    """What a live stream needs."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self._database = database
        self._reader = reader

    @override
    async def position(self, user: UserId) -> StreamPosition:
        now, end = await self._reader.position()
        return StreamPosition(now=now, end=end)

    @override
    async def fill(self, user: UserId, fill_id: UUID) -> FillView | None:
        async with self._database.as_user(user) as connection:
            found = await connection.fetchval(_FILL, user, fill_id)
        return None if found is None else msgspec.json.decode(found, type=FillView)
