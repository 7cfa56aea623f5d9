"""Orders and trades of the double's ledger, the same for both markets."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True, kw_only=True)
class Trade:
    """One execution; `size` without a sign."""

    id: int
    order: Order
    size: Decimal
    price: Decimal
    fee: Decimal
    at: datetime


@dataclass(slots=True, kw_only=True)
class Order:
    """One order; sizes without a sign, in coins or contracts.

    Attributes:
        in_money: A spot purchase at the market: `size` is what may be paid.
        side: Of dual mode: which position it trades, `long` or `short`; `net` in single mode.
    """

    id: int
    key: str
    text: str
    pair: str
    buys: bool
    size: Decimal
    limit: Decimal | None
    tif: str
    at: datetime
    left: Decimal
    in_money: bool = False
    reduce_only: bool = False
    side: str = "net"
    finish_as: str = "open"
    ended_at: datetime | None = None
    visible_at: datetime | None = None
    trades: list[Trade] = field(default_factory=list[Trade])

    @property
    def is_open(self) -> bool:
        """Whether it works."""
        return self.finish_as == "open"

    @property
    def filled(self) -> Decimal:
        """What was traded, in coins or contracts."""
        return sum((trade.size for trade in self.trades), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """What the trades are worth, in price times size."""
        return sum((trade.size * trade.price for trade in self.trades), Decimal(0))

    @property
    def average(self) -> Decimal:
        """The average price; 0 without a trade."""
        return self.paid / self.filled if self.trades else Decimal(0)

    def end(self, finish_as: str, at: datetime) -> None:
        """Work no more."""
        self.finish_as, self.ended_at = finish_as, at
