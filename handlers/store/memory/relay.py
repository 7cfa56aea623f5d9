"""The outbox in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.messages import Finding
from bus.values import OrderState
from handlers.records.lifecycle import LIVE
from handlers.records.upkeep import OrderFinding
from handlers.store.base import Relay
from handlers.store.hints import outbox_item
from handlers.store.memory.leases import is_served
from handlers.store.memory.work import expire, is_untold_lately, may_cancel_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId
    from handlers.records.orders import Order, OutboxItem
    from handlers.store.memory.rows import Hint
    from handlers.store.memory.tables import Tables

_FIRST_HINT = timedelta(seconds=1)
_PROGRESS = timedelta(seconds=2)


class MemoryRelay(Relay):
    """Finds commands whose hint was lost."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def due(self, *, limit: int) -> Sequence[OutboxItem]:
        await checkpoint()
        tables, now = self._tables, self._tables.clock.now()
        self._clean_up()
        late = [
            (tables.orders[order], hint)
            for order, hint in tables.outbox.items()
            if _is_due(tables.orders[order], hint, now)
        ]
        taken = sorted(late, key=lambda pair: pair[1].created_at)[:limit]
        for _, hint in taken:
            hint.hinted_at = now
            hint.attempt += 1
        return [
            outbox_item(
                order, tables.clock, row=hint.id, is_cancel=hint.is_cancel, attempt=hint.attempt
            )
            for order, hint in taken
        ]

    @override
    async def expire_overdue(self, *, limit: int) -> Sequence[Order]:
        await checkpoint()
        now = self._tables.clock.now()
        overdue = [
            order
            for order in self._tables.orders.values()
            if order.state is OrderState.QUEUED and order.expires_at <= now
        ]
        oldest = sorted(overdue, key=lambda order: order.expires_at)[:limit]
        return [expire(self._tables, order, actor="relay") for order in oldest]

    @override
    async def unattended(self, *, limit: int) -> Sequence[OrderFinding]:
        await checkpoint()
        oldest: dict[UserId, Order] = {}
        for order in sorted(self._tables.orders.values(), key=lambda order: order.id):
            if order.user_id in oldest or is_served(self._tables, order.user_id):
                continue
            if order.state in LIVE or is_untold_lately(self._tables, order):
                oldest[order.user_id] = order
        return [
            OrderFinding(
                finding=Finding.UNATTENDED_ORDER,
                user_id=order.user_id,
                order_id=order.id,
                traceparent=order.traceparent,
            )
            for order in list(oldest.values())[:limit]
        ]

    def _clean_up(self) -> None:
        """Forget rows of orders that are past `queued` and have no cancel to wait for."""
        outbox, orders = self._tables.outbox, self._tables.orders
        for order in [key for key in outbox if not _is_needed(orders[key], outbox[key])]:
            del outbox[order]


def _is_needed(order: Order, hint: Hint) -> bool:
    if hint.is_cancel:
        return order.state in LIVE
    return order.state is OrderState.QUEUED


def _is_due(order: Order, hint: Hint, now: datetime) -> bool:
    if hint.is_cancel and not may_cancel_again(order, now):
        return False
    if hint.hinted_at is None:
        return hint.created_at <= now - _FIRST_HINT
    return hint.hinted_at <= now - _PROGRESS
