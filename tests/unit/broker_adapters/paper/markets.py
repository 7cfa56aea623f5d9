"""Builders of paper markets and of requests to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from broker_adapters.base import OrderRequest
from broker_adapters.paper.market import Market
from broker_adapters.paper.options import PaperOptions
from broker_adapters.paper.rows import Change, HoldingRow, PaperAccount, PriceRow, Snapshot
from broker_adapters.paper.rules import place
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderType, Side

if TYPE_CHECKING:
    from broker_adapters.paper.answers import Refused

ACCOUNT = AccountId(UUID(int=1))
NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
SYMBOL = "BTCUSDT"


def a_market(*, price: str | None = "100", held: str = "0", **options: Any) -> Market:
    """Make a market with one account of 1,000, without leverage unless said otherwise."""
    defaults: dict[str, Any] = {"deposit": Decimal(1000), "leverage": Decimal(1)}
    settings = PaperOptions(**{**defaults, **options})
    quantity = Decimal(held)
    cost = quantity * Decimal(price or 0)
    holding = HoldingRow(account_id=ACCOUNT, symbol=SYMBOL, quantity=quantity, cost=cost)
    cash = settings.deposit - cost
    return Market(
        Snapshot(
            version=1,
            accounts=(PaperAccount(account_id=ACCOUNT, options=settings, cash=cash),),
            prices=() if price is None else (PriceRow(symbol=SYMBOL, price=Decimal(price)),),
            holdings=(holding,) if quantity else (),
            orders=(),
        )
    )


def a_request(**fields: Any) -> OrderRequest:
    """Make a request to buy one at the market, without a price of its own."""
    defaults: dict[str, Any] = {
        "account_id": ACCOUNT,
        "client_order_id": "c-1",
        "mode": Mode.PAPER,
        "symbol": SYMBOL,
        "side": Side.BUY,
        "quantity": Decimal(1),
        "order_type": OrderType.MARKET,
    }
    return OrderRequest(**{**defaults, **fields})


def placed(market: Market, **fields: Any) -> Change | Refused:
    """Ask the rules to place a request."""
    send_by = NOW + timedelta(seconds=2)
    return place(market, a_request(**fields), order_id=uuid7(), send_by=send_by)


def committed(market: Market, **fields: Any) -> Change:
    """Place a request that the rules take, and let the market take it over."""
    change = placed(market, **fields)
    assert isinstance(change, Change), change
    market.apply(change, version=market.version + 1, at=NOW)
    return change
