"""What observers read, in memory."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.values import OrderState
from handlers.records.latency import hop_times
from handlers.records.lifecycle import FINAL
from handlers.records.people import Role
from handlers.records.trails import AlertCount, Census, Operations, Trail, TrailEvent
from handlers.records.views import WorkerState
from handlers.store.watching import WatchStore

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bus.values import OrderId, UserId
    from handlers.records.views import WorkerView
    from handlers.store.memory.tables import Tables

_AGED = (OrderState.QUEUED, OrderState.UNKNOWN, OrderState.NEEDS_REVIEW)


class MemoryWatch(WatchStore):
    """The same reads over the tables in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def trails(
        self, *, after: datetime, waiting: Collection[OrderId], limit: int
    ) -> Sequence[Trail]:
        await checkpoint()
        trails = [self._trail(order) for order in self._tables.orders]
        touched = sorted((each for each in trails if each.last_at > after), key=_rest)[:limit]
        named = {each.order_id for each in touched}
        also = [each for each in trails if each.order_id in set(waiting) - named]
        return sorted([*touched, *also], key=_rest)

    @override
    async def trail(self, order: OrderId) -> Trail | None:
        await checkpoint()
        return self._trail(order) if order in self._tables.orders else None

    @override
    async def census(self) -> Census:
        await checkpoint()
        tables, now = self._tables, self._tables.clock.now()
        live = [order for order in tables.orders.values() if order.state not in FINAL]
        ages = {
            state.value: max(now - each.created_at for each in live if each.state is state)
            for state in _AGED
            if any(each.state is state for each in live)
        }
        workers = (each.state for each in tables.workers.values())
        recent = [
            row for (_, day), row in tables.comparisons.items() if day > now - timedelta(days=1)
        ]
        compared = [row.done for row in recent if row.done is not None]
        return Census(
            orders=Counter(each.state.value for each in live),
            oldest={state: age.total_seconds() for state, age in ages.items()},
            leases=sum(
                each.ends_at > now and not each.is_released for each in tables.leases.values()
            ),
            taken_over=sum(each.taken_over for each in tables.leases.values()),
            workers=Counter(state for state in workers if state != WorkerState.GONE),
            unsent=len(tables.outbox),
            comparisons=Counter(row.state for row in recent if not row.is_idle),
            differing=sum(
                bool(row.done and row.done.differences) and row.acknowledged_at is None
                for row in recent
            ),
            found_fills=sum(each.found_fills for each in compared),
        )

    @override
    async def operations(
        self, operator: UserId, *, after: datetime, orders: int, workers: int
    ) -> Operations | None:
        tables = self._tables
        if Role.OPERATOR not in tables.user(operator).roles:
            return None
        trails = (self._trail(order) for order in tables.orders)
        touched = sorted((each for each in trails if each.last_at > after), key=_rest)[-orders:]
        running = (each for each in tables.workers.values() if each.state != WorkerState.GONE)
        return Operations(
            census=await self.census(),
            workers=tuple(sorted(running, key=_seen)[:workers]),
            measured=len(touched),
            hops=hop_times(touched),
        )

    @override
    async def alerts(self, *, after: datetime, until: datetime) -> Sequence[AlertCount]:
        await checkpoint()
        counted = Counter(
            (each.outcome.value, each.code)
            for each in self._tables.signals.values()
            if after < each.received_at <= until
        )
        return [
            AlertCount(outcome=outcome, code=code, count=count)
            for (outcome, code), count in counted.items()
        ]

    def _trail(self, order_id: OrderId) -> Trail:
        order = self._tables.orders[order_id]
        return Trail(
            order_id=order_id,
            signal_id=order.signal_id,
            broker=self._tables.accounts[order.account_id].broker,
            mode=order.mode,
            symbol=order.symbol,
            state=order.state,
            error_code=order.error_code,
            trace_id=order.trace_id,
            traceparent=order.traceparent,
            events=tuple(
                TrailEvent(
                    n=each.n,
                    at=each.at,
                    stage=each.stage,
                    to_state=each.to_state,
                    actor=each.actor,
                )
                for each in self._tables.events[order_id]
            ),
            hops=self._tables.hops_about(order_id),
        )


def _rest(trail: Trail) -> datetime:
    return trail.last_at


def _seen(worker: WorkerView) -> tuple[datetime, str]:
    return worker.last_seen_at, str(worker.id)
