"""Recording an alert: its commit against a bare round trip, and how round trips are shared."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import TYPE_CHECKING

import anyio
import asyncpg

from bench.measure import percentile
from bench.servers import running_servers
from bench.traders import add_trader
from bench.wire import counted
from bus.ids import uuid7
from bus.values import OrderId, OrderType, Side, SignalId, SystemClock
from handlers.planning.client_ids import client_order_id
from handlers.records.alerts import Dedupe, NewOrder, NewSignal, SignalOutcome
from handlers.records.sizing_rules import Fixed
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from bench.measure import Figures, Round
    from bench.traders import BenchTrader
    from handlers.store.base import Store

_ALONE = 150
_CALLERS = 32
_EACH = 30
_TOGETHER = _CALLERS * _EACH


@asynccontextmanager
async def record() -> AsyncGenerator[Round]:
    """Measure p50 alone, alerts a second with 32 callers, and round trips an alert."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        store = await stack.enter_async_context(_store(servers.database_url))
        traders = [await add_trader(store) for _ in range(_CALLERS)]
        observer = await asyncpg.connect(servers.database_url)
        stack.push_async_callback(observer.close)
        url, wire = await stack.enter_async_context(counted(servers.database_url))
        watched = await stack.enter_async_context(_store(url))
        await _together(watched, traders)

        async def take_round() -> Figures:
            alone = await _alone(store, traders[0])
            bare = await _bare(observer)
            seconds = await _together(store, traders)
            before = wire.round_trips
            await _alone(watched, traders[0])
            single = wire.round_trips - before
            await _together(watched, traders)
            shared = wire.round_trips - before - single
            return {
                "alone_p50_ms": alone * 1e3,
                "alone_over_select_1": alone / bare,
                "alerts_per_second": _TOGETHER / seconds,
                "statements_per_alert": single / _ALONE,
                "statements_per_alert_together": shared / _TOGETHER,
            }

        yield take_round


def _store(database_url: str) -> AbstractAsyncContextManager[Store]:
    return open_store(StoreSettings(database_url=database_url), SystemClock())


async def _alone(store: Store, trader: BenchTrader) -> float:
    times: list[float] = []
    for _ in range(_ALONE):
        signal = new_signal(trader)
        began = perf_counter()
        await store.signals.record(signal)
        times.append(perf_counter() - began)
    return percentile(times, 0.5)


async def _bare(observer: asyncpg.Connection) -> float:
    times: list[float] = []
    for _ in range(_ALONE):
        began = perf_counter()
        await observer.fetchval("SELECT 1")
        times.append(perf_counter() - began)
    return percentile(times, 0.5)


async def _together(store: Store, traders: list[BenchTrader]) -> float:
    async def one_caller(trader: BenchTrader) -> None:
        for _ in range(_EACH):
            await store.signals.record(new_signal(trader))

    began = perf_counter()
    async with anyio.create_task_group() as tasks:
        for trader in traders:
            tasks.start_soon(one_caller, trader)
    return perf_counter() - began


def new_signal(trader: BenchTrader) -> NewSignal:
    """Return a signal with one order, never the same twice."""
    now = datetime.now(UTC)
    order_id, signal_id = OrderId(uuid7()), SignalId(uuid7())
    return NewSignal(
        id=signal_id,
        strategy_id=trader.strategy.id,
        user_id=trader.user,
        dialect="plain",
        body="{}",
        signal=b"{}",
        outcome=SignalOutcome.ACCEPTED,
        dedupe=Dedupe(hash=signal_id.bytes * 2, window=None),
        received_at=now,
        trace_id=signal_id.hex,
        traceparent="",
        orders=(
            NewOrder(
                id=order_id,
                account_id=trader.account.id,
                mode=trader.account.mode,
                symbol="BTCUSDT",
                sizing=Fixed(side=Side.BUY, quantity=Decimal("0.05")),
                side=Side.BUY,
                quantity=Decimal("0.05"),
                order_type=OrderType.MARKET,
                reference_price=Decimal("64250.1"),
                expires_at=now + timedelta(minutes=1),
                client_order_id=client_order_id(order_id),
            ),
        ),
    )
