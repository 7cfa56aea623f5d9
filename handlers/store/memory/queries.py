"""Lists and details in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.records.position_fold import positions_of
from handlers.records.reversal import reversal_of
from handlers.records.views import OrderDetail, ShownOrder
from handlers.store.memory.comparing import over_by_now
from handlers.store.reading import QueryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from bus.values import OrderId, UserId
    from handlers.records.orders import Order
    from handlers.records.reversal import Reversal
    from handlers.records.views import (
        FillView,
        Filter,
        PositionView,
        SignalView,
        Sought,
        Span,
        StreamEvent,
        WorkerView,
    )
    from handlers.store.memory.tables import Tables

_SEEN_WITHIN = timedelta(seconds=30)

Row = TypeVar("Row")


class MemoryQueries(QueryStore):
    """What is read for people."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def orders(self, user: UserId, where: Filter, span: Span) -> Sequence[ShownOrder]:
        await checkpoint()
        own = [
            ShownOrder(order=order, reversal=self._reversal(order))
            for order in self._tables.orders.values()
            if order.user_id == user and _fits(order, where) and _is_looked_for(order, where)
        ]
        rows = [shown for shown in own if where.state in {None, shown.state.value}]
        return _page(rows, span, lambda shown: (shown.order.created_at, str(shown.order.id)))

    @override
    async def order(self, user: UserId, order: OrderId) -> OrderDetail | None:
        await checkpoint()
        found = self._tables.orders.get(order)
        if found is None or found.user_id != user:
            return None
        return OrderDetail(
            order=found,
            reversal=self._reversal(found),
            events=tuple(self._tables.events.get(order, ())),
            fills=tuple(self._tables.fills_of(order)),
            hops=self._tables.hops_about(order),
        )

    @override
    async def signals(self, user: UserId, where: Filter, span: Span) -> Sequence[SignalView]:
        await checkpoint()
        rows = [
            self._with_orders(signal)
            for signal in self._tables.signals.values()
            if self._tables.owners[signal.id] == user and self._signal_fits(signal, where)
        ]
        return _page(rows, span, lambda signal: (signal.received_at, str(signal.id)))

    @override
    async def fills(self, user: UserId, where: Filter, span: Span) -> Sequence[FillView]:
        await checkpoint()
        orders = self._tables.orders
        rows = [
            fill
            for fill in self._tables.fills.values()
            if orders[fill.order_id].user_id == user and _fits(orders[fill.order_id], where)
        ]
        return _page(rows, span, lambda fill: (fill.at, fill.id))

    @override
    async def positions(self, user: UserId) -> Sequence[PositionView]:
        await checkpoint()
        orders = self._tables.orders
        own = [
            fill for fill in self._tables.fills.values() if orders[fill.order_id].user_id == user
        ]
        return positions_of(sorted(own, key=lambda fill: fill.at), over_by_now(self._tables))

    @override
    async def workers(self, user: UserId | None) -> Sequence[WorkerView]:
        await checkpoint()
        since = self._tables.clock.now() - _SEEN_WITHIN
        rows = [
            worker
            for worker in self._tables.workers.values()
            if (user is None or worker.user_id == user) and worker.last_seen_at > since
        ]
        return sorted(rows, key=lambda worker: (worker.started_at, worker.id), reverse=True)

    @override
    async def stream_after(self, user: UserId, n: int, *, limit: int) -> Sequence[StreamEvent]:
        await checkpoint()
        return self._tables.user(user).entries[n : n + limit]

    def _reversal(self, first: Order) -> Reversal | None:
        second = self._tables.second_leg(first)
        events = self._tables.events.get(first.id, ())
        reasons = [event.evidence.get("no_second_leg") for event in events]
        return reversal_of(first, second, next(filter(None, reasons), None))

    def _with_orders(self, signal: SignalView) -> SignalView:
        own = [order for order in self._tables.orders.values() if order.signal_id == signal.id]
        ids = tuple(order.id for order in sorted(own, key=lambda order: order.seq))
        return msgspec.structs.replace(signal, orders=ids)

    def _signal_fits(self, signal: SignalView, where: Filter) -> bool:
        if where.signal_id not in {None, signal.id}:
            return False
        if where.strategy_id not in {None, signal.strategy_id}:
            return False
        if where.state not in {None, signal.outcome.value}:
            return False
        if where.account_id is None and where.symbol is None:
            return True
        return any(
            order.signal_id == signal.id
            and where.account_id in {None, order.account_id}
            and where.symbol in {None, order.symbol, order.traded_as}
            for order in self._tables.orders.values()
        )


def _fits(order: Order, where: Filter) -> bool:
    return (
        where.account_id in {None, order.account_id}
        and where.strategy_id in {None, order.strategy_id}
        and where.symbol in {None, order.symbol, order.traded_as}
        and where.order_id in {None, order.id}
        and where.signal_id in {None, order.signal_id}
    )


def _is_looked_for(order: Order, where: Filter) -> bool:
    if where.since is not None and order.created_at < where.since:
        return False
    if where.until is not None and order.created_at >= where.until:
        return False
    return where.sought is None or _is_sought(order, where.sought)


def _is_sought(order: Order, sought: Sought) -> bool:
    first, end = sought.venue_ids
    return (
        _is_within(order.id, sought.order_ids)
        or _is_within(order.signal_id, sought.signal_ids)
        or any(first <= each < end for each in _at_venue(order))
    )


def _at_venue(order: Order) -> tuple[str, ...]:
    """Return the venue's id, and each of those that are joined in it."""
    joined = order.broker_order_id
    return () if joined is None else (joined, *joined.split("+"))


def _is_within(id_: UUID | None, span: tuple[UUID, UUID] | None) -> bool:
    return id_ is not None and span is not None and span[0] <= id_ <= span[1]


def _page(rows: Iterable[Row], span: Span, key: Callable[[Row], tuple[datetime, str]]) -> list[Row]:
    """Return the newest rows that are older than where the last page ended."""
    older = [row for row in rows if span.before is None or key(row) < span.before]
    return sorted(older, key=key, reverse=True)[: span.limit]
