"""Leases in PostgreSQL; its clock alone decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from bus.values import WorkerId
from handlers.records.orders import Lease
from handlers.store.base import LeaseStore
from handlers.store.postgres.rows import as_json, plain_uuid

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.held import Held

_TAKE = "SELECT taken, shown FROM take_lease($1, $2)"
_RENEW = "SELECT renew_own_lease($1::jsonb, $2::text[]::uuid[])"
_RELEASE = "SELECT release_own_lease($1::jsonb, $2::text[]::uuid[])"
_END = "SELECT release_lease($1::jsonb)"
_HOLDER = "SELECT worker_id, epoch FROM lease_holder($1)"


class PostgresLeases(LeaseStore):
    """Who may send for a user."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database = database
        self._held = held

    @override
    async def take(self, user: UserId, worker: WorkerId) -> Lease | None:
        rows = await self._database.rows(_TAKE, user, worker)
        if not rows:
            return None
        self._held.keep(user, rows[0]["shown"])
        return Lease(user_id=user, worker_id=worker, epoch=rows[0]["taken"])

    @override
    async def renew(self, lease: Lease) -> bool:
        shown = self._held.of(lease.user_id)
        return bool(await self._database.value(_RENEW, as_json(lease), shown))

    @override
    async def release(self, lease: Lease) -> None:
        shown = self._held.of(lease.user_id)
        await self._database.rows(_RELEASE, as_json(lease), shown)

    @override
    async def end(self, lease: Lease) -> None:
        await self._database.rows(_END, as_json(lease))

    @override
    async def holder(self, user: UserId) -> Lease | None:
        rows = await self._database.rows(_HOLDER, user)
        if not rows:
            return None
        worker = WorkerId(plain_uuid(rows[0]["worker_id"]))
        return Lease(user_id=user, worker_id=worker, epoch=rows[0]["epoch"])
