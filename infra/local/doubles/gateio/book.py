"""A scripted order book: what the world offers and asks for of one pair, and how orders meet it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(slots=True)
class Level:
    """So much at a price; without a size there is no end of it."""

    price: Decimal
    size: Decimal | None = None

    def take(self, wanted: Decimal) -> Decimal:
        """Take as much as is there."""
        if self.size is None:
            return wanted
        taken = min(wanted, self.size)
        self.size -= taken
        return taken


@dataclass(slots=True)
class Book:
    """Both sides, the best level first."""

    asks: list[Level] = field(default_factory=list[Level])
    bids: list[Level] = field(default_factory=list[Level])
    last: Decimal = Decimal(0)

    def stand(self, price: Decimal, size: Decimal | None = None) -> None:
        """Offer and ask for this much at one price."""
        self.asks, self.bids = [Level(price, size)], [Level(price, size)]
        self.last = price

    def reachable(self, *, buys: bool, limit: Decimal | None) -> list[Level]:
        """Return what an order may take: all of it better than its limit, or as good."""
        levels = self.asks if buys else self.bids
        return [
            level
            for level in levels
            if (level.size is None or level.size > 0)
            and (limit is None or (level.price <= limit if buys else level.price >= limit))
        ]

    def depth(self, *, buys: bool, limit: Decimal | None) -> Decimal | None:
        """Return how much an order could take; `None` if there is no end of it."""
        sizes = [level.size for level in self.reachable(buys=buys, limit=limit)]
        if any(size is None for size in sizes):
            return None
        return sum((size for size in sizes if size is not None), Decimal(0))
