"""Leases in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.records.orders import Lease
from handlers.store.base import LeaseStore
from handlers.store.memory.rows import RunningLease

if TYPE_CHECKING:
    from bus.values import UserId, WorkerId
    from handlers.store.memory.tables import Tables

LEASE_SPAN = timedelta(seconds=15)


class MemoryLeases(LeaseStore):
    """Who may send for a user."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def take(self, user: UserId, worker: WorkerId) -> Lease | None:
        await checkpoint()
        row = self._tables.leases.get(user)
        now = self._tables.clock.now()
        if row is not None and row.ends_at > now:
            return None
        epoch = 1 if row is None else row.lease.epoch + 1
        lease = Lease(user_id=user, worker_id=worker, epoch=epoch)
        taken_over = 0 if row is None else row.taken_over + (not row.is_released)
        self._tables.leases[user] = RunningLease(
            lease=lease, ends_at=now + LEASE_SPAN, taken_over=taken_over
        )
        return lease

    @override
    async def renew(self, lease: Lease) -> bool:
        await checkpoint()
        row = self._tables.leases.get(lease.user_id)
        if row is None or row.lease != lease or row.is_released:
            return False
        row.ends_at = self._tables.clock.now() + LEASE_SPAN
        return True

    @override
    async def release(self, lease: Lease) -> None:
        await checkpoint()
        self._end(lease)

    @override
    async def end(self, lease: Lease) -> None:
        await checkpoint()
        self._end(lease, is_taken_over=True)

    @override
    async def holder(self, user: UserId) -> Lease | None:
        await checkpoint()
        row = self._tables.leases.get(user)
        if row is None or row.ends_at <= self._tables.clock.now():
            return None
        return row.lease

    def _end(self, lease: Lease, *, is_taken_over: bool = False) -> None:
        row = self._tables.leases.get(lease.user_id)
        if row is not None and row.lease == lease:
            row.ends_at = min(row.ends_at, self._tables.clock.now())
            row.taken_over += is_taken_over and not row.is_released
            row.is_released = True


def lease_runs(tables: Tables, lease: Lease, *, at_least: timedelta = timedelta(0)) -> bool:
    """Say whether this very lease runs, and for this much longer."""
    row = tables.leases.get(lease.user_id)
    if row is None or row.lease != lease:
        return False
    left = row.ends_at - tables.clock.now()
    return left > timedelta(0) and left >= at_least


def is_served(tables: Tables, user: UserId) -> bool:
    """Say whether any lease of the user runs."""
    row = tables.leases.get(user)
    return row is not None and row.ends_at > tables.clock.now()
