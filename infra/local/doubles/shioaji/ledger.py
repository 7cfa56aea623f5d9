"""What the venue truly has of one person: orders, positions and money. The oracle of all tests."""

# ruff: noqa: RUF001 - the venue writes with full-width punctuation

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.doubles.shioaji.contracts import Contract
    from infra.local.doubles.shioaji.records import VenueOrder


@dataclass
class Holding:
    """Shares or contracts, negative where short, and what they cost on average."""

    quantity: int = 0
    average: Decimal = Decimal(0)

    def take(self, quantity: int, price: Decimal) -> None:
        """Add an execution, negative for a sale."""
        after = self.quantity + quantity
        if self.quantity * quantity >= 0:
            cost = self.average * abs(self.quantity) + price * abs(quantity)
            self.average = cost / abs(after) if after else Decimal(0)
        elif after * self.quantity < 0:
            self.average = price
        self.quantity = after


@dataclass
class Ledger:
    """One person's books.

    Attributes:
        money: Of the stock account.
        equity: Of the futures account, without what open positions have gained.
    """

    money: Decimal = Decimal(100_000_000)
    equity: Decimal = Decimal(10_000_000)
    orders: dict[str, VenueOrder] = field(default_factory=dict[str, "VenueOrder"])
    shares: dict[str, Holding] = field(default_factory=lambda: defaultdict[str, Holding](Holding))
    contracts: dict[str, Holding] = field(
        default_factory=lambda: defaultdict[str, Holding](Holding)
    )
    written: list[str] = field(default_factory=list[str])

    def working(self, contract: Contract, *, action: str | None = None) -> list[VenueOrder]:
        """Return the working orders of a contract, oldest first."""
        return [
            order
            for order in self.orders.values()
            if order.is_working
            and order.contract.code == contract.code
            and (action is None or order.action == action)
        ]

    def placed(self, tag: str) -> list[VenueOrder]:
        """Return the orders with a custom field that the venue took."""
        return [
            order
            for order in self.orders.values()
            if order.custom_field == tag and (order.status != "Failed" or order.deals)
        ]

    def refusal_of(self, order: VenueOrder, price: Decimal) -> tuple[str, str] | None:
        """Return the code and words of what the books do not allow; `None` if they do."""
        if order.contract.security_type == "STK":
            return self._shares_allow(order, price)
        return self._margin_allows(order)

    def book(self, order: VenueOrder, price: Decimal, quantity: int) -> None:
        """Take an execution into money and positions."""
        amount = quantity * order.unit * order.sign
        if order.contract.security_type == "STK":
            self.money -= price * amount
            self.shares[order.contract.code].take(amount, price)
        else:
            self.contracts[order.contract.code].take(amount, price)

    def margin_used(self, listed: dict[str, Contract]) -> Decimal:
        """Return the margin of open positions."""
        return sum(
            (abs(held.quantity) * listed[code].margin for code, held in self.contracts.items()),
            Decimal(0),
        )

    def positions(self, kind: str, last: dict[str, Decimal]) -> list[dict[str, Any]]:
        """Return the open positions, as `list_positions` tells of them in shares."""
        held = self.shares if kind == "S" else self.contracts
        return [
            {
                "id": n,
                "code": code,
                "direction": "Buy" if holding.quantity > 0 else "Sell",
                "quantity": abs(holding.quantity),
                "price": float(holding.average),
                "last_price": float(last.get(code, holding.average)),
                "pnl": 0.0,
                "cond": "Cash",
                "yd_quantity": 0,
            }
            for n, (code, holding) in enumerate(held.items())
            if holding.quantity
        ]

    def _shares_allow(self, order: VenueOrder, price: Decimal) -> tuple[str, str] | None:
        shares = order.quantity * order.unit
        if order.action == "Buy":
            reserved = sum(
                (each.price * each.left * each.unit for each in self.orders.values()
                 if each.contract.security_type == "STK" and each.action == "Buy"),
                Decimal(0),
            )  # fmt: skip
            if price * shares > self.money - reserved:
                return "88", "圈存失敗，帳戶餘額不足"
            return None
        selling = sum(each.left * each.unit for each in self.working(order.contract, action="Sell"))
        left = self.shares[order.contract.code].quantity - selling
        return ("88", f"集保賣出餘股數不足，餘股數 {left} 股") if shares > left else None

    def _margin_allows(self, order: VenueOrder) -> tuple[str, str] | None:
        held = self.contracts[order.contract.code].quantity
        against = max(0, -held * order.sign)
        if order.octype == "Cover":
            closing = sum(
                each.left for each in self.working(order.contract, action=order.action)
                if each.octype == "Cover"
            )  # fmt: skip
            return ("83", "無未平倉部位可供平倉") if order.quantity > against - closing else None
        if order.octype == "Auto" and 0 < against < order.quantity:
            return "83", "平倉口數超過未平倉部位"
        opened = sum(
            (abs(each.quantity) * order.contract.margin for each in self.contracts.values()),
            Decimal(0),
        )
        needed = max(0, order.quantity - against) * order.contract.margin
        return ("86", "保證金不足") if needed > self.equity - opened else None
