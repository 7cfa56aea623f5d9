"""The outbox in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from bus.messages import Finding
from bus.values import OrderId, UserId
from handlers.records.upkeep import OrderFinding
from handlers.store.base import Relay
from handlers.store.hints import outbox_item
from handlers.store.postgres.rows import order_of, orders_of, plain_uuid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import Clock
    from handlers.records.orders import Order, OutboxItem
    from handlers.store.postgres.connections import Database

_UNATTENDED = "SELECT user_id, order_id, traceparent FROM unattended_orders($1)"


class PostgresRelay(Relay):
    """Finds commands whose hint was lost."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @override
    async def due(self, *, limit: int) -> Sequence[OutboxItem]:
        statement = "SELECT row_id, is_cancel, attempt, command FROM relay_due($1)"
        return [
            outbox_item(
                order_of(row["command"]),
                self._clock,
                row=plain_uuid(row["row_id"]),
                is_cancel=row["is_cancel"],
                attempt=row["attempt"],
            )
            for row in await self._database.rows(statement, str(limit))
        ]

    @override
    async def expire_overdue(self, *, limit: int) -> Sequence[Order]:
        statement = "SELECT expire_overdue($1)"
        return orders_of(await self._database.rows(statement, str(limit)))

    @override
    async def unattended(self, *, limit: int) -> Sequence[OrderFinding]:
        return [
            OrderFinding(
                finding=Finding.UNATTENDED_ORDER,
                user_id=UserId(plain_uuid(row["user_id"])),
                order_id=OrderId(plain_uuid(row["order_id"])),
                traceparent=row["traceparent"],
            )
            for row in await self._database.rows(_UNATTENDED, str(limit))
        ]
