"""What a user's worker finds to do, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.store.base import WorkStore
from handlers.store.postgres.rows import as_json, orders_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import OrderId, UserId
    from handlers.order_records import Lease, Order
    from handlers.store.postgres.connections import Database

_UNRESOLVED = """
SELECT to_jsonb(o) FROM orders AS o
WHERE o.user_id = $1 AND o.state IN ('unknown', 'needs_review')
ORDER BY o.created_at, o.id
"""
_WANTED_CANCELS = """
SELECT to_jsonb(o) FROM orders AS o
WHERE
    o.id IN (SELECT open_orders($1)) AND is_live(o.state)
    AND o.cancel_requested_at IS NOT NULL
    AND (
        o.cancel_sent_at IS NULL
        OR o.cancel_sent_at <= clock_timestamp()
            - cancel_pause(o.cancel_requested_at, o.cancel_sent_at)
    )
ORDER BY o.created_at, o.id
LIMIT $2::text::integer
"""
_WORKING = """
SELECT to_jsonb(o) FROM orders AS o
WHERE o.user_id = $1 AND o.state IN ('accepted', 'partially_filled')
ORDER BY o.created_at, o.id
"""
_HAS_WORK = "SELECT EXISTS (SELECT 1 FROM open_orders($1))"


class PostgresWork(WorkStore):
    """The open orders of one user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def take_over(self, lease: Lease) -> Sequence[Order]:
        await self._database.rows("SELECT take_over($1::jsonb)", as_json(lease))
        return orders_of(await self._database.rows(_UNRESOLVED, lease.user_id))

    @override
    async def sweep(self, lease: Lease) -> Sequence[Order]:
        await self._database.rows("SELECT sweep($1::jsonb)", as_json(lease))
        return orders_of(await self._database.rows(_UNRESOLVED, lease.user_id))

    @override
    async def oldest_queued(self, user: UserId, *, limit: int) -> Sequence[Order]:
        statement = "SELECT to_jsonb(o) FROM oldest_queued($1, $2) AS o"
        return orders_of(await self._database.rows(statement, user, str(limit)))

    @override
    async def wanted_cancels(self, user: UserId, *, limit: int) -> Sequence[Order]:
        return orders_of(await self._database.rows(_WANTED_CANCELS, user, str(limit)))

    @override
    async def working(self, user: UserId) -> Sequence[Order]:
        return orders_of(await self._database.rows(_WORKING, user))

    @override
    async def pass_sibling(self, order: OrderId, ahead: OrderId, lease: Lease) -> bool:
        statement = "SELECT pass_sibling($1, $2, $3::jsonb)"
        return await self._database.value(statement, order, ahead, as_json(lease))

    @override
    async def has_work(self, user: UserId) -> bool:
        return await self._database.value(_HAS_WORK, user)
