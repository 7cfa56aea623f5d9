"""What observers may read of the record: every user's ways, but nobody's secrets or money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bus.values import OrderId, UserId
    from handlers.records.trails import AlertCount, Census, Operations, Trail


class WatchStore(Protocol):
    """Reads for those who watch; none of them locks or writes anything."""

    async def trails(
        self, *, after: datetime, waiting: Collection[OrderId], limit: int
    ) -> Sequence[Trail]:
        """Return whole ways of orders to which something happened after this time.

        At most `limit`, those that rested longest first, and beside them those that are waited for.
        """
        ...

    async def trail(self, order: OrderId) -> Trail | None:
        """Return the way of one order."""
        ...

    async def census(self) -> Census:
        """Count what there is now."""
        ...

    async def operations(
        self, operator: UserId, *, after: datetime, orders: int, workers: int
    ) -> Operations | None:
        """Return what an operator may see of everybody; `None` to whoever is none.

        Hops are of the `orders` orders at most to which something happened last, after this time.
        """
        ...

    async def alerts(self, *, after: datetime, until: datetime) -> Sequence[AlertCount]:
        """Count alerts by what they came to, those received after `after` and not after `until`."""
        ...
