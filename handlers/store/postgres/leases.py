"""Leases in PostgreSQL; its clock alone decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from bus.values import WorkerId
from handlers.order_records import Lease
from handlers.store.base import LeaseStore
from handlers.store.postgres.rows import plain_uuid

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.store.postgres.connections import Database

_TAKE = """
INSERT INTO worker_leases AS l (user_id, worker_id, epoch, expires_at)
VALUES ($1, $2, 1, clock_timestamp() + interval '15 seconds')
ON CONFLICT (user_id) DO UPDATE SET
    worker_id = EXCLUDED.worker_id, epoch = l.epoch + 1,
    expires_at = clock_timestamp() + interval '15 seconds', is_released = false
WHERE l.expires_at <= clock_timestamp()
RETURNING epoch
"""
_RENEW = """
UPDATE worker_leases SET expires_at = clock_timestamp() + interval '15 seconds'
WHERE user_id = $1 AND worker_id = $2 AND epoch = $3 AND NOT is_released
RETURNING true
"""
_RELEASE = """
UPDATE worker_leases SET
    expires_at = least(expires_at, clock_timestamp()), is_released = true
WHERE user_id = $1 AND worker_id = $2 AND epoch = $3
"""
_HOLDER = """
SELECT worker_id, epoch FROM worker_leases
WHERE user_id = $1 AND expires_at > clock_timestamp()
"""


class PostgresLeases(LeaseStore):
    """Who may send for a user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def take(self, user: UserId, worker: WorkerId) -> Lease | None:
        epoch = await self._database.value(_TAKE, user, worker)
        return None if epoch is None else Lease(user_id=user, worker_id=worker, epoch=epoch)

    @override
    async def renew(self, lease: Lease) -> bool:
        renewed = await self._database.value(_RENEW, lease.user_id, lease.worker_id, lease.epoch)
        return bool(renewed)

    @override
    async def release(self, lease: Lease) -> None:
        await self._database.rows(_RELEASE, lease.user_id, lease.worker_id, lease.epoch)

    @override
    async def holder(self, user: UserId) -> Lease | None:
        rows = await self._database.rows(_HOLDER, user)
        if not rows:
            return None
        worker = WorkerId(plain_uuid(rows[0]["worker_id"]))
        return Lease(user_id=user, worker_id=worker, epoch=rows[0]["epoch"])
