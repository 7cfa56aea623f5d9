"""Accounts that are due to be compared, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bus.values import OrderState, Side
from handlers.records.comparison import (
    Comparison,
    DueComparison,
    NotCompared,
    PositionDiffers,
    day_of,
)
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.comparison import LatestComparison, Ledger
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

ALL = 100_000
DAY = 86_400
OLD = DAY + 3_601
DIFFERS = PositionDiffers(symbols=("BTCUSDT",), recorded=Decimal(1), at_venue=Decimal(3))


async def due(house: House, user: UserId) -> list[DueComparison]:
    found = await house.store.comparisons.due(limit=ALL)
    return [each for each in found if each.user_id == user]


async def a_days_trader(house: House, *, state: OrderState = OrderState.ACCEPTED) -> Trader:
    """Return a trader whose account's first day has begun, with one order in this state."""
    trader = await house.trader()
    await house.in_state(trader, state)
    await house.later(OLD)
    return await at_work(house, trader)


async def to_a_days_begin(house: House, trader: Trader) -> None:
    """Let time pass until just after the account's next day begins, where a clock is moved."""
    now = house.clock.now()
    next_day = day_of(trader.account.id, "paper", now) + timedelta(days=1)
    await house.later((next_day - now).total_seconds() + 1)


async def at_work(house: House, trader: Trader) -> Trader:
    """Give the trader's worker a lease that runs."""
    lease = await house.store.leases.take(trader.user, trader.lease.worker_id)
    return trader if lease is None else replace(trader, lease=lease)


async def ledger(house: House, trader: Trader) -> Ledger:
    found = await house.store.comparisons.ledger(trader.lease, trader.account.id)
    assert found is not None
    return found


async def latest(house: House, trader: Trader) -> LatestComparison | None:
    found = await house.store.comparisons.latest(trader.user)
    return next((each for each in found if each.account_id == trader.account.id), None)


async def compared(house: House, trader: Trader, **fields: object) -> Comparison:
    """Write down a comparison of the account's day."""
    asked = await ledger(house, trader)
    told: dict[str, object] = {
        "account_id": trader.account.id,
        "begins_at": asked.begins_at,
        "at": house.clock.now(),
        "since": asked.since,
    }
    result = Comparison(**(told | fields))  # pyright: ignore[reportArgumentType] - a test's own
    assert await house.store.comparisons.keep(trader.lease, result)
    return result


def unreachable(begins_at: datetime, trader: Trader, *, is_hopeless: bool = False) -> NotCompared:
    return NotCompared(
        account_id=trader.account.id,
        begins_at=begins_at,
        at=begins_at,
        code="auth" if is_hopeless else "broker_unavailable",
        why="no answer",
        is_hopeless=is_hopeless,
    )


async def filled(
    house: House, trader: Trader, side: Side, quantity: str, *, price: str, fee: str,
    fee_currency: str,
) -> Order:  # fmt: skip
    """Trade, and write the fill down."""
    order = await house.sending(trader, side=side, frozen_quantity=Decimal(quantity))
    fill = a_fill(order, quantity, price, side=side, fee=Decimal(fee), fee_currency=fee_currency)
    await house.settle(order, OrderState.FILLED, fills=(fill,))
    return order
