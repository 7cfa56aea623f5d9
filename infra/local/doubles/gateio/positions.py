"""Positions of perpetuals, in contracts: net, or long and short apart. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_ZERO = Decimal(0)


@dataclass(slots=True)
class Position:
    """A signed number of contracts and their average price."""

    size: Decimal = _ZERO
    entry: Decimal = _ZERO

    def trade(self, size: Decimal, price: Decimal, unit: Decimal) -> Decimal:
        """Take in a signed execution; returns what it realised, in money."""
        if not size or self.size * size >= 0:
            self._open(size, price)
            return _ZERO
        closed = min(abs(size), abs(self.size))
        sign = 1 if self.size > 0 else -1
        realised = sign * closed * unit * (price - self.entry)
        rest = abs(size) - closed
        self.size -= sign * closed
        if not self.size:
            self.entry = _ZERO
        if rest:
            self._open(-sign * rest, price)
        return realised

    def _open(self, size: Decimal, price: Decimal) -> None:
        total = self.size + size
        if total:
            self.entry = (self.size * self.entry + size * price) / total
        self.size = total
