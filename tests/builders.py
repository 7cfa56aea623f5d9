"""What tests of the order's life are made of: small things with sensible defaults."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bus.ids import uuid7
from bus.values import (
    AccountId,
    Clock,
    Mode,
    OrderId,
    OrderType,
    Side,
    SignalId,
    StrategyId,
    UserId,
    WorkerId,
)
from handlers.records.accounts import Account, Strategy, StrategyState
from handlers.records.alerts import Dedupe, NewOrder, NewSignal, SignalOutcome
from handlers.records.sizing_rules import Fixed, SizingRule

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class ManualClock(Clock):
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def go_on(self, by: timedelta) -> None:
        self._now += by
        self._elapsed += by.total_seconds()


def a_user() -> UserId:
    return UserId(uuid7())


def a_worker() -> WorkerId:
    return WorkerId(uuid7())


def an_account(user: UserId, *, mode: Mode = Mode.PAPER, broker: str = "paper") -> Account:
    return Account(id=AccountId(uuid7()), user_id=user, name="Paper", broker=broker, mode=mode)


def a_strategy(account: Account, *, name: str = "Trend") -> Strategy:
    return Strategy(
        id=StrategyId(uuid7()),
        user_id=account.user_id,
        name=name,
        state=StrategyState.ACTIVE,
        mode=account.mode,
        accounts=(account.id,),
    )


def a_new_order(
    account: Account,
    *,
    symbol: str = "BTCUSDT",
    side: Side = Side.BUY,
    quantity: str = "1",
    sizing: SizingRule | None = None,
    order_type: OrderType = OrderType.MARKET,
    limit_price: str | None = None,
    reduce_only: bool = False,
    mode: Mode | None = None,
    expires_at: datetime = START + timedelta(seconds=60),
    client_order_id: str | None = None,
) -> NewOrder:
    order_id = OrderId(uuid7())
    return NewOrder(
        id=order_id,
        account_id=account.id,
        mode=mode or account.mode,
        symbol=symbol,
        sizing=sizing or Fixed(side=side, quantity=Decimal(quantity)),
        side=side if sizing is None else None,
        quantity=Decimal(quantity) if sizing is None else None,
        order_type=order_type,
        limit_price=None if limit_price is None else Decimal(limit_price),
        reduce_only=reduce_only,
        reference_price=Decimal(100),
        expires_at=expires_at,
        client_order_id=client_order_id or order_id.hex[-20:],
    )


def a_new_signal(
    strategy: Strategy,
    *orders: NewOrder,
    dedupe: bytes | None = None,
    window: timedelta | None = None,
    received_at: datetime = START,
) -> NewSignal:
    signal_id = SignalId(uuid7())
    return NewSignal(
        id=signal_id,
        strategy_id=strategy.id,
        user_id=strategy.user_id,
        dialect="plain",
        body='{"ticker":"BTCUSDT"}',
        signal=b'{"ticker":"BTCUSDT"}',
        outcome=SignalOutcome.ACCEPTED,
        dedupe=Dedupe(hash=dedupe or signal_id.bytes * 2, window=window),
        received_at=received_at,
        trace_id=UUID(int=7).hex,
        traceparent=f"00-{UUID(int=7).hex}-{'1' * 16}-01",
        orders=orders,
    )
