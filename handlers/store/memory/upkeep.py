"""What the control plane reads and notes, in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.messages import Finding
from bus.values import OrderState
from handlers.errors import NotFoundError
from handlers.records.lifecycle import FINAL, LIVE, UNRESOLVED, WORKING
from handlers.records.upkeep import DueCheck, LeaseSeen, OrderFinding
from handlers.store.memory.leases import is_served
from handlers.store.memory.work import expire
from handlers.store.upkeep import UpkeepStore
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bus.values import OrderId, UserId
    from handlers.records.control_hops import ControlHop
    from handlers.records.orders import Order
    from handlers.records.views import WorkerView
    from handlers.store.memory.rows import Hint
    from handlers.store.memory.tables import Tables

_BROKEN_OFF = timedelta(minutes=3)
_OVERDUE = timedelta(seconds=10)
_SETTLED = timedelta(seconds=5)
_LEFT_OVER = timedelta(seconds=30)
_UNSEEN = timedelta(seconds=30)
_WITHOUT_LEASE = timedelta(seconds=10)
_RECENT = timedelta(hours=1)
_HOPS_KEPT = 100


class MemoryUpkeep(UpkeepStore):
    """The same looks over the tables in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def due_checks(self, *, limit: int) -> Sequence[DueCheck]:
        await checkpoint()
        checks, now = self._tables.checks, self._tables.clock.now()
        for order in [each for each in checks if self._tables.orders[each].state in FINAL]:
            del checks[order]
        due: list[DueCheck] = []
        for order in self._in(WORKING | UNRESOLVED):
            attempt, noted_at = checks.get(order.id, (0, None))
            if noted_at is None or noted_at <= now - _BROKEN_OFF:
                due.append(DueCheck(order=order, attempt=attempt + 1))
        for check in due[:limit]:
            checks[check.order.id] = (check.attempt, now)
        return due[:limit]

    @override
    async def note_check(self, order: OrderId, attempt: int) -> bool:
        await checkpoint()
        if order not in self._tables.orders:
            raise NotFoundError
        if self._tables.checks.get(order, (0, None))[0] > attempt:
            return False
        self._tables.checks[order] = (attempt, self._tables.clock.now())
        return True

    @override
    async def note_hop(self, user: UserId, order: OrderId | None, hop: ControlHop) -> None:
        await checkpoint()
        for about in [each for each in self._tables.orders.values() if each.user_id == user]:
            is_waiting = hop.stage is Stage.WORKER_CONTROL and about.trace_id == hop.trace_id
            if about.id == order or is_waiting:
                self._keep(about.id, hop)

    def _keep(self, order: OrderId, hop: ControlHop) -> None:
        kept = self._tables.hops.setdefault(order, [])
        if all((each.id, each.attempt) != (hop.id, hop.attempt) for each in kept):
            kept.append(hop)
            kept.sort(key=lambda each: (each.done_at, each.id, each.attempt))
            del kept[:-_HOPS_KEPT]

    @override
    async def order_findings(self, *, limit: int) -> Sequence[OrderFinding]:
        await checkpoint()
        now = self._tables.clock.now()
        return [
            OrderFinding(
                finding=finding,
                user_id=order.user_id,
                order_id=order.id,
                traceparent=order.traceparent,
            )
            for finding, orders in (
                (Finding.QUEUED_PAST_TTL, self._overdue(now)),
                (Finding.UNATTENDED_ORDER, self._unattended(now)),
                (Finding.OUTBOX_LEFTOVER, self._left_over(now)),
            )
            for order in list(orders)[:limit]
        ]

    @override
    async def expire(self, order: OrderId) -> bool:
        await checkpoint()
        found = self._tables.orders.get(order)
        if found is None or found.state is not OrderState.QUEUED:
            return False
        if found.expires_at > self._tables.clock.now():
            return False
        expire(self._tables, found, actor="maintenance")
        return True

    @override
    async def leases(self, *, limit: int) -> Sequence[LeaseSeen]:
        await checkpoint()
        now = self._tables.clock.now()
        rows = [row for row in self._tables.leases.values() if row.ends_at > now - _RECENT]
        seen = {
            worker.id
            for worker in self._tables.workers.values()
            if worker.last_seen_at > now - _UNSEEN
        }
        return [
            LeaseSeen(
                lease=row.lease, is_running=row.ends_at > now, is_seen=row.lease.worker_id in seen
            )
            for row in sorted(rows, key=lambda row: row.ends_at, reverse=True)[:limit]
        ]

    @override
    async def lost_workers(self, *, limit: int) -> Sequence[WorkerView]:
        await checkpoint()
        lost = [worker for worker in self._tables.workers.values() if self._is_lost(worker)]
        return sorted(lost, key=lambda worker: worker.last_seen_at)[:limit]

    def _is_lost(self, worker: WorkerView) -> bool:
        now = self._tables.clock.now()
        if worker.last_seen_at <= now - _UNSEEN:
            return True
        is_claimed = worker.user_id is not None and worker.epoch is None
        return is_claimed and self._tables.workers_since[worker.id] <= now - _WITHOUT_LEASE

    def _in(self, states: Iterable[OrderState]) -> list[Order]:
        found = [order for order in self._tables.orders.values() if order.state in states]
        return sorted(found, key=lambda order: order.id)

    def _overdue(self, now: datetime) -> Iterable[Order]:
        queued = self._in({OrderState.QUEUED})
        return [order for order in queued if order.expires_at <= now - _OVERDUE]

    def _unattended(self, now: datetime) -> Iterable[Order]:
        """One a user: its healing looks after all of the user's."""
        found: dict[UserId, Order] = {}
        for order in self._in(LIVE):
            is_over = order.send_by is None or order.send_by <= now - _SETTLED
            if order.state is OrderState.SENDING and not is_over:
                continue
            if not is_served(self._tables, order.user_id):
                found.setdefault(order.user_id, order)
        return found.values()

    def _left_over(self, now: datetime) -> Iterable[Order]:
        orders = self._tables.orders
        return [
            orders[order]
            for order, hint in self._tables.outbox.items()
            if (hint.hinted_at or hint.created_at) <= now - _LEFT_OVER
            and _is_wanted(orders[order], hint, now)
        ]


def _is_wanted(order: Order, hint: Hint, now: datetime) -> bool:
    if hint.is_cancel:
        return order.state in LIVE and order.cancel_sent_at is None
    return order.state is OrderState.QUEUED and order.expires_at > now
