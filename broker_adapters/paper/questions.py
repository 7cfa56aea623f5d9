"""What the paper venue can be asked."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from broker_adapters.base import OrderRequest
from broker_adapters.paper.options import PaperOptions
from bus.values import AccountId, UserId


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What all questions share: whose market it is about."""

    owner: UserId


class OpenAccount(Question, frozen=True, kw_only=True, tag="open_account"):
    """Open the account, or take over its options."""

    account: AccountId
    options: PaperOptions


class Submit(Question, frozen=True, kw_only=True, tag="submit"):
    """Place an order, if the venue gets it by `send_by`, on the venue's clock."""

    request: OrderRequest
    send_by: datetime


class Cancel(Question, frozen=True, kw_only=True, tag="cancel"):
    """Stop working an order."""

    account: AccountId
    client_order_id: str
    broker_order_id: UUID | None


class Find(Question, frozen=True, kw_only=True, tag="find"):
    """Look an order up."""

    account: AccountId
    client_order_id: str
    broker_order_id: UUID | None


class ReadChanges(Question, frozen=True, kw_only=True, tag="read_changes"):
    """Ask for the account's orders that changed after a version of the market."""

    account: AccountId
    after: int


class ReadOrders(Question, frozen=True, kw_only=True, tag="read_orders"):
    """Ask for orders placed since an instant; without one, for those that work now."""

    account: AccountId
    since: datetime | None


class ReadFills(Question, frozen=True, kw_only=True, tag="read_fills"):
    """Ask for fills since an instant."""

    account: AccountId
    since: datetime


class ReadHoldings(Question, frozen=True, kw_only=True, tag="read_holdings"):
    """Ask for positions and money, and for what works."""

    account: AccountId


class SetPrice(Question, frozen=True, kw_only=True, tag="set_price"):
    """Set a symbol's price for all of the owner's accounts, and match what works there."""

    symbol: str
    price: Decimal


AnyRead = Find | ReadChanges | ReadOrders | ReadFills | ReadHoldings
AnyQuestion = OpenAccount | Submit | Cancel | SetPrice | AnyRead
