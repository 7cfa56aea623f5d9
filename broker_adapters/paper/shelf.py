"""One owner's market and everything that ever happened in it, kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.paper.market import Market
from broker_adapters.paper.reports import KeptOrder, as_kept, changes
from broker_adapters.paper.rows import Change, PaperAccount, Snapshot
from bus.values import OrderState

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from broker_adapters.paper.answers import Changes
    from broker_adapters.paper.options import PaperOptions
    from bus.values import AccountId

_replace = msgspec.structs.replace


class Shelf:
    """Keeps what the ledger keeps in tables. Nothing in here waits, so every call is atomic."""

    def __init__(self) -> None:
        nothing = Snapshot(version=0, accounts=(), prices=(), holdings=(), orders=())
        self.market = Market(nothing)
        self._orders: dict[UUID, KeptOrder] = {}
        self._placed_at: dict[UUID, datetime] = {}

    def open_account(self, account: AccountId, options: PaperOptions) -> None:
        """Open an account, or take over its options and keep the money."""
        open_already = self.market.accounts.get(account)
        if open_already is not None and open_already.options == options:
            return
        cash = options.deposit if open_already is None else open_already.cash
        self.market.accounts[account] = PaperAccount(account_id=account, options=options, cash=cash)
        self.market.version += 1

    def expire_due(self, now: datetime) -> None:
        """End the orders whose day is over."""
        due = tuple(
            _replace(order, state=OrderState.EXPIRED, reason="expired")
            for order in self.market.orders.values()
            if order.expires_at is not None and order.expires_at <= now
        )
        if due:
            self.commit(Change(orders=due), now)

    def commit(self, change: Change, at: datetime) -> int:
        """Write a change and return the version it made."""
        version = self.market.version + 1
        self.market.apply(change, version=version, at=at)
        for order in change.orders:
            now = as_kept(order, change, version=version, at=at)
            before = self._orders.get(order.order_id)
            fills = () if before is None else before.fills
            self._orders[order.order_id] = _replace(now, fills=(*fills, *now.fills))
            self._placed_at.setdefault(order.order_id, at)
        return version

    def find(
        self, account: AccountId, client_order_id: str, broker_order_id: UUID | None = None
    ) -> KeptOrder | None:
        """Look an order up by the client's id, else by the venue's."""
        mine = self.orders(account)
        by_client_id = (order for order in mine if order.client_order_id == client_order_id)
        by_id = (order for order in mine if order.order_id == broker_order_id)
        return next(by_client_id, None) or next(by_id, None)

    def orders(self, account: AccountId, *, since: datetime | None = None) -> list[KeptOrder]:
        """Return an account's orders, oldest first."""
        return [
            order
            for order in self._orders.values()
            if order.account_id == account
            and (since is None or self._placed_at[order.order_id] >= since)
        ]

    def changes(self, account: AccountId, after: int) -> Changes:
        """Return what changed after a version."""
        mine = self.orders(account)
        changed = sorted((o for o in mine if o.version > after), key=lambda order: order.version)
        has_working = any(order.is_working for order in mine)
        news = [
            _replace(order, fills=tuple(fill for fill in order.fills if fill.version > after))
            for order in changed
        ]
        return changes(news, version=self.market.version, has_working=has_working)
