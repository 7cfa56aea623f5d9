"""The market of one contract: it stands at a price, so deep, and takes what crosses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.doubles.shioaji.records import Deal

if TYPE_CHECKING:
    from decimal import Decimal

    from infra.local.doubles.shioaji.records import VenueOrder


@dataclass
class Market:
    """What is offered and wanted at one price.

    Attributes:
        depth: In shares or contracts; `None` is without end.
    """

    price: Decimal
    depth: int | None = None

    def would_take(self, order: VenueOrder) -> int:
        """Return how much of an order would be filled, in the order's units."""
        if not self._crosses(order):
            return 0
        wanted = order.quantity - order.filled - order.cancelled
        return wanted if self.depth is None else min(wanted, self.depth // order.unit)

    def take(self, order: VenueOrder, *, is_resting: bool, now: float) -> Deal | None:
        """Fill what can be filled of an order: one that rested gets its own price."""
        quantity = self.would_take(order)
        if not quantity:
            return None
        if self.depth is not None:
            self.depth -= quantity * order.unit
        at_own = is_resting and order.price_type == "LMT"
        price = order.price if at_own else self.price
        deal = Deal(f"{len(order.deals) + 1:06d}", price, quantity, now)
        order.deals.append(deal)
        return deal

    def _crosses(self, order: VenueOrder) -> bool:
        if order.price_type != "LMT":
            return True
        return order.price >= self.price if order.action == "Buy" else order.price <= self.price
