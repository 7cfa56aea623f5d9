"""Closing orders that nobody could find out about, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.values import OrderState
from handlers.records.audit import told
from handlers.store.memory.audit import tell
from handlers.store.reviews import Resolution, ReviewOutcome, ReviewStore, said_by_user

if TYPE_CHECKING:
    from decimal import Decimal

    from bus.values import OrderId, UserId
    from handlers.records.audit import Deed
    from handlers.store.memory.orders import MemoryOrders
    from handlers.store.memory.tables import Tables


class MemoryReviews(ReviewStore):
    """Orders in `needs_review`."""

    def __init__(self, tables: Tables, orders: MemoryOrders) -> None:
        self._tables = tables
        self._orders = orders

    @override
    async def resolve(
        self,
        user: UserId,
        order: OrderId,
        outcome: ReviewOutcome,
        *,
        filled_quantity: Decimal | None = None,
        deed: Deed | None = None,
    ) -> Resolution:
        await checkpoint()
        found = self._tables.orders.get(order)
        if found is None or found.user_id != user:
            return Resolution.NOT_FOUND
        if found.state is not OrderState.NEEDS_REVIEW:
            return Resolution.NOT_IN_REVIEW
        settled = self._orders.settle_now(
            said_by_user(order, outcome, filled_quantity=filled_quantity)
        )
        before, after = {"state": found.state.value}, {"state": settled.state.value}
        tell(self._tables, told(deed, user, f"order:{order}", before=before, after=after))
        return Resolution.RESOLVED
