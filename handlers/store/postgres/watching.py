"""What observers read, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.records.trails import AlertCount, Census, Operations, Trail
from handlers.store.watching import WatchStore
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bus.values import OrderId, UserId
    from handlers.store.postgres.connections import Database

_read_trail = msgspec.json.Decoder(Trail).decode
_read_operations = msgspec.json.Decoder(Operations).decode
_OPERATIONS = "SELECT operations_seen($1, $2, $3)"
_PATH = tuple(Stage)
_read_census = msgspec.json.Decoder(Census).decode


class PostgresWatch(WatchStore):
    """Each method is one door of the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def trails(
        self, *, after: datetime, waiting: Collection[OrderId], limit: int
    ) -> Sequence[Trail]:
        rows = await self._database.rows(
            "SELECT order_trails($1, $2, $3)", after, list(waiting), str(limit)
        )
        return [_read_trail(row[0]) for row in rows]

    @override
    async def trail(self, order: OrderId) -> Trail | None:
        found = await self._database.value("SELECT order_trail($1)", order)
        return None if found is None else _read_trail(found)

    @override
    async def census(self) -> Census:
        return _read_census(await self._database.value("SELECT census()"))

    @override
    async def operations(
        self, operator: UserId, *, after: datetime, orders: int, workers: int
    ) -> Operations | None:
        async with self._database.as_user(operator) as connection:
            seen = await connection.fetchval(_OPERATIONS, after, str(orders), str(workers))
        if seen is None:
            return None
        read = _read_operations(seen)
        hops = sorted(read.hops, key=lambda hop: _PATH.index(hop.stage))
        return msgspec.structs.replace(read, hops=tuple(hops))

    @override
    async def alerts(self, *, after: datetime, until: datetime) -> Sequence[AlertCount]:
        rows = await self._database.rows(
            "SELECT outcome, code, n FROM alert_counts($1, $2)", after, until
        )
        return [
            AlertCount(outcome=row["outcome"], code=row["code"], count=row["n"]) for row in rows
        ]
