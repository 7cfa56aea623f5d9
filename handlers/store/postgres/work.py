"""What a user's worker finds to do, in PostgreSQL."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.store.postgres.rows import as_json, orders_of
from handlers.store.work import WorkStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bus.values import AccountId, OrderId, UserId
    from handlers.records.orders import Lease, Order
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.held import Held

_UNRESOLVED = """
SELECT to_jsonb(o) FROM own_open_orders($1, $2::text[]::uuid[]) AS o
WHERE o.state IN ('unknown', 'needs_review')
ORDER BY o.created_at, o.id
"""
_WANTED_CANCELS = """
SELECT to_jsonb(o) FROM own_open_orders($1, $3::text[]::uuid[]) AS o
WHERE
    is_live(o.state)
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
SELECT to_jsonb(o) FROM own_open_orders($1, $2::text[]::uuid[]) AS o
WHERE o.state IN ('accepted', 'partially_filled')
ORDER BY o.created_at, o.id
"""
_UNTOLD = "SELECT to_jsonb(o) FROM own_untold_orders($1, $2::text[]::uuid[]) AS o"
_OLDEST_QUEUED = "SELECT to_jsonb(o) FROM own_oldest_queued($1, $2, $3::text[]::uuid[]) AS o"
_HAS_WORK = "SELECT has_open_orders($1)"
_HAS_OWN_WORK = """
SELECT
    EXISTS (SELECT 1 FROM own_open_orders($1, $2::text[]::uuid[]))
    OR EXISTS (
        SELECT 1 FROM own_untold_orders($1, $2::text[]::uuid[]) AS o
        WHERE o.updated_at > clock_timestamp() - interval '15 minutes'
    )
"""
_CONTRACTS = "SELECT own_contracts($1, $2, $3, $4::text[]::uuid[])"

_read_contracts = msgspec.json.Decoder(dict[str, Decimal]).decode


class PostgresWork(WorkStore):
    """The open orders of one user, for who holds that user's lease."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database = database
        self._held = held

    @override
    async def take_over(self, lease: Lease) -> Sequence[Order]:
        return await self._unresolved("SELECT take_over_own($1::jsonb, $2::text[]::uuid[])", lease)

    @override
    async def sweep(self, lease: Lease) -> Sequence[Order]:
        return await self._unresolved("SELECT sweep_own($1::jsonb, $2::text[]::uuid[])", lease)

    @override
    async def oldest_queued(self, user: UserId, *, limit: int) -> Sequence[Order]:
        shown = self._held.of(user)
        return orders_of(await self._database.rows(_OLDEST_QUEUED, user, str(limit), shown))

    @override
    async def wanted_cancels(self, user: UserId, *, limit: int) -> Sequence[Order]:
        shown = self._held.of(user)
        return orders_of(await self._database.rows(_WANTED_CANCELS, user, str(limit), shown))

    @override
    async def working(self, user: UserId) -> Sequence[Order]:
        return orders_of(await self._database.rows(_WORKING, user, self._held.of(user)))

    @override
    async def untold(self, user: UserId) -> Sequence[Order]:
        return orders_of(await self._database.rows(_UNTOLD, user, self._held.of(user)))

    @override
    async def pass_sibling(self, order: OrderId, ahead: OrderId, lease: Lease) -> bool:
        statement = "SELECT pass_own_sibling($1, $2, $3::jsonb, $4::text[]::uuid[])"
        shown = self._held.of(lease.user_id)
        return await self._database.value(statement, order, ahead, as_json(lease), shown)

    @override
    async def contracts(
        self, lease: Lease, account: AccountId, symbol: str
    ) -> Mapping[str, Decimal]:
        user, shown = lease.user_id, self._held.of(lease.user_id)
        found = await self._database.value(_CONTRACTS, user, account, symbol, shown)
        return _read_contracts(found)

    @override
    async def has_work(self, user: UserId) -> bool:
        return await self._database.value(_HAS_WORK, user)

    async def _unresolved(self, door: str, lease: Lease) -> list[Order]:
        shown = self._held.of(lease.user_id)
        await self._database.rows(door, as_json(lease), shown)
        return orders_of(await self._database.rows(_UNRESOLVED, lease.user_id, shown))


class OwnWork(PostgresWork):
    """As a worker has it."""

    @override
    async def has_work(self, user: UserId) -> bool:
        return await self._database.value(_HAS_OWN_WORK, user, self._held.of(user))
