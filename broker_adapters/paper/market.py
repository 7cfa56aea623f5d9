"""One owner's market: its accounts, prices, holdings and working orders, and drafts of changes.

Pure. A `Draft` collects what a command would do; finished, it is a `Change`, to be written by
whoever keeps the market. The `Market` itself moves only by `apply`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.paper.money import Holding
from broker_adapters.paper.rows import Change, HoldingRow, PriceRow

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from broker_adapters.paper.rows import PaperAccount, PaperFill, PaperOrder, Snapshot
    from bus.values import AccountId


class Market:
    """One owner's market at one version. `orders` are the working ones, oldest first."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.version = snapshot.version
        self.accounts = {row.account_id: row for row in snapshot.accounts}
        self.prices = {row.symbol: row.price for row in snapshot.prices}
        self.holdings = {(row.account_id, row.symbol): row for row in snapshot.holdings}
        self.orders = {order.order_id: order for order in snapshot.orders}

    def apply(self, change: Change, *, version: int, at: datetime) -> None:
        """Take over a change that is committed."""
        self.version = version
        self.accounts.update({row.account_id: row for row in change.accounts})
        self.prices.update({row.symbol: row.price for row in change.prices})
        for row in change.holdings:
            key = (row.account_id, row.symbol)
            self.holdings[key] = msgspec.structs.replace(row, updated_at=at)
            if not row.quantity:
                del self.holdings[key]
        for order in change.orders:
            self.orders[order.order_id] = order
            if not order.is_working:
                del self.orders[order.order_id]


class Draft:
    """A market with changes on top, which touch nothing until they are finished."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._orders: dict[UUID, PaperOrder] = {}
        self._fills: list[PaperFill] = []
        self._holdings: dict[tuple[AccountId, str], Holding] = {}
        self._accounts: dict[AccountId, PaperAccount] = {}
        self._prices: dict[str, Decimal] = {}

    def price(self, symbol: str) -> Decimal | None:
        """Return the last price of a symbol."""
        return self._prices.get(symbol, self._market.prices.get(symbol))

    def account(self, account: AccountId) -> PaperAccount:
        """Return an account."""
        return self._accounts.get(account) or self._market.accounts[account]

    def holding(self, account: AccountId, symbol: str) -> Holding:
        """Return what an account holds of a symbol."""
        key = (account, symbol)
        if key in self._holdings:
            return self._holdings[key]
        row = self._market.holdings.get(key)
        return Holding() if row is None else Holding(quantity=row.quantity, cost=row.cost)

    def held_symbols(self, account: AccountId) -> set[str]:
        """Return the symbols an account has held something of."""
        places = {*self._market.holdings, *self._holdings}
        return {symbol for owner, symbol in places if owner == account}

    def working(
        self, account: AccountId | None = None, symbol: str | None = None
    ) -> list[PaperOrder]:
        """Return working orders, oldest first."""
        orders = {**self._market.orders, **self._orders}.values()
        return [
            order
            for order in orders
            if order.is_working
            and account in {None, order.account_id}
            and symbol in {None, order.symbol}
        ]

    def order(self, order: PaperOrder) -> PaperOrder:
        """Return an order as it is now."""
        return self._orders.get(order.order_id, order)

    def set_price(self, symbol: str, price: Decimal) -> None:
        """Note the last price of a symbol."""
        self._prices[symbol] = price

    def put(self, order: PaperOrder) -> None:
        """Note how an order is now."""
        self._orders[order.order_id] = order

    def add_fill(self, fill: PaperFill, *, holding: Holding, account: PaperAccount) -> None:
        """Note a fill and what it left."""
        self._fills.append(fill)
        self._holdings[fill.account_id, fill.symbol] = holding
        self._accounts[fill.account_id] = account

    def finished(self) -> Change:
        """Return everything noted."""
        return Change(
            orders=tuple(self._orders.values()),
            fills=tuple(self._fills),
            holdings=tuple(
                HoldingRow(account_id=account, symbol=symbol, quantity=h.quantity, cost=h.cost)
                for (account, symbol), h in self._holdings.items()
            ),
            accounts=tuple(self._accounts.values()),
            prices=tuple(PriceRow(symbol=s, price=p) for s, p in self._prices.items()),
        )
