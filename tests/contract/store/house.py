"""What the store's tests start from: users with accounts, alerts, orders in any state."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from broker_adapters.base import Fill
from bus.ids import uuid7
from bus.values import (
    AccountId,
    Clock,
    Mode,
    OrderId,
    OrderState,
    OrderType,
    Side,
    SignalId,
    StrategyId,
    UserId,
    WorkerId,
)
from handlers.records.accounts import Account, Strategy, StrategyState
from handlers.records.alerts import Dedupe, NewOrder, NewSignal, Recorded, SignalOutcome
from handlers.records.orders import Claim, ClaimedOrder, Lease, Order, Settled, Settlement
from handlers.records.sizing_rules import Fixed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from handlers.store.base import Store

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


@dataclass(frozen=True, kw_only=True)
class Trader:
    """A user with one paper account, one strategy, and a worker that holds the lease."""

    user: UserId
    account: Account
    strategy: Strategy
    token_hash: bytes
    lease: Lease


@dataclass(frozen=True, kw_only=True)
class House:
    """A store under test, and a way to let time pass for it."""

    store: Store
    clock: Clock
    later: Callable[[float], Awaitable[None]]

    async def user(self) -> UserId:
        user = UserId(uuid7())
        await self.store.identity.add_user(
            user, email=f"{secrets.token_hex(8)}@example.com", password_hash="not-a-hash"
        )
        return user

    async def account(self, user: UserId, **fields: Any) -> Account:
        asked: dict[str, Any] = {"name": "Paper", "broker": "paper", "mode": Mode.PAPER}
        account = Account(id=AccountId(uuid7()), user_id=user, **(asked | fields))
        return await self.store.catalogue.add_account(account)

    async def strategy(
        self, user: UserId, *accounts: Account, **fields: Any
    ) -> tuple[Strategy, bytes]:
        token_hash = secrets.token_bytes(32)
        asked: dict[str, Any] = {"name": "Breakout", "state": StrategyState.ACTIVE}
        strategy = Strategy(
            id=StrategyId(uuid7()),
            user_id=user,
            mode=Mode.PAPER,
            accounts=tuple(account.id for account in accounts),
            **(asked | fields),
        )
        added = await self.store.catalogue.add_strategy(strategy, token_hash=token_hash)
        return added, token_hash

    async def trader(self) -> Trader:
        user = await self.user()
        account = await self.account(user)
        strategy, token_hash = await self.strategy(user, account)
        lease = await self.store.leases.take(user, WorkerId(uuid7()))
        assert lease is not None
        return Trader(
            user=user, account=account, strategy=strategy, token_hash=token_hash, lease=lease
        )

    async def elsewhere(self, trader: Trader) -> Trader:
        """Return the same trader at one more account, with a strategy of its own."""
        account = await self.account(trader.user)
        strategy, token_hash = await self.strategy(trader.user, account)
        return replace(trader, account=account, strategy=strategy, token_hash=token_hash)

    def order(self, trader: Trader, **fields: Any) -> NewOrder:
        asked: dict[str, Any] = {
            "id": OrderId(uuid7()),
            "account_id": trader.account.id,
            "mode": Mode.PAPER,
            "symbol": "BTCUSDT",
            "sizing": Fixed(side=Side.BUY, quantity=Decimal("1.50")),
            "side": Side.BUY,
            "quantity": Decimal("1.50"),
            "order_type": OrderType.MARKET,
            "expires_at": self.clock.now() + timedelta(seconds=60),
            "client_order_id": secrets.token_hex(10),
        }
        return NewOrder(**(asked | fields))

    def signal(self, trader: Trader, *orders: NewOrder, **fields: Any) -> NewSignal:
        asked: dict[str, Any] = {
            "id": SignalId(uuid7()),
            "strategy_id": trader.strategy.id,
            "user_id": trader.user,
            "dialect": "plain",
            "body": '{"ticker": "BTCUSDT", "action": "buy"}',
            "signal": b'{"ticker": "BTCUSDT", "action": "buy"}',
            "outcome": SignalOutcome.ACCEPTED,
            "dedupe": Dedupe(hash=secrets.token_bytes(32), window=None),
            "received_at": self.clock.now(),
            "trace_id": TRACE_ID,
            "traceparent": TRACEPARENT,
            "orders": orders,
        }
        return NewSignal(**(asked | fields))

    async def queued(self, trader: Trader, **fields: Any) -> Order:
        """Record an alert with one order."""
        order = self.order(trader, **fields)
        recorded = await self.store.signals.record(self.signal(trader, order))
        assert isinstance(recorded, Recorded)
        return await self.load(order.id)

    def claim(self, trader: Trader, order: Order, **fields: Any) -> Claim:
        frozen: dict[str, Any] = {
            "order_id": order.id,
            "lease": trader.lease,
            "side": Side.BUY,
            "frozen_quantity": Decimal("1.5"),
            "reduce_only": order.reduce_only,
        }
        return Claim(**(frozen | fields))

    async def sending(self, trader: Trader, *, asked: Any = None, **frozen: Any) -> Order:
        """Record an order and claim it."""
        order = await self.queued(trader, **(asked or {}))
        claimed = await self.store.orders.claim(self.claim(trader, order, **frozen))
        assert isinstance(claimed, ClaimedOrder), claimed
        return claimed.order

    def settlement(self, order: Order, state: OrderState, **fields: Any) -> Settlement:
        said: dict[str, Any] = {
            "order_id": order.id,
            "state": state,
            "epoch": order.epoch or 1,
            "actor": "worker:test",
        }
        return Settlement(**(said | fields))

    async def settle(self, order: Order, state: OrderState, **fields: Any) -> Settled:
        return await self.store.orders.settle(self.settlement(order, state, **fields))

    async def load(self, order: OrderId | UUID) -> Order:
        found = await self.store.orders.load(OrderId(order))
        assert found is not None
        return found

    async def stages(self, order: Order) -> list[str]:
        detail = await self.store.queries.order(order.user_id, order.id)
        assert detail is not None
        return [event.stage.value for event in detail.events]

    async def in_state(self, trader: Trader, state: OrderState) -> Order:
        """Bring a new order into a state the way the house would."""
        if state is OrderState.QUEUED:
            return await self.queued(trader)
        if state is OrderState.DENIED:
            order = await self.queued(trader)
            await self.store.orders.deny(order.id, code="x", message="x", lease=trader.lease)
            return await self.load(order.id)
        order = await self.sending(trader)
        if state is OrderState.SENDING:
            return order
        if state in {OrderState.NOT_PLACED, OrderState.NEEDS_REVIEW}:
            await self.settle(order, OrderState.UNKNOWN)
        filled = Decimal(1) if state is OrderState.PARTIALLY_FILLED else None
        filled = Decimal("1.5") if state is OrderState.FILLED else filled
        await self.settle(order, state, filled_quantity=filled)
        return await self.load(order.id)


def a_fill(order: Order, quantity: str, price: str = "100", **fields: Any) -> Fill:
    """Make an execution of an order, with a key of its own."""
    told: dict[str, Any] = {
        "fill_key": secrets.token_hex(8),
        "broker_trade_id": secrets.token_hex(4),
        "broker_order_id": "venue-1",
        "client_order_id": order.client_order_id,
        "symbol": order.symbol,
        "side": Side.BUY,
        "quantity": Decimal(quantity),
        "price": Decimal(price),
        "fee": Decimal("0.01"),
        "fee_currency": "USDT",
        "at": datetime.now(UTC),
    }
    return Fill(**(told | fields))
