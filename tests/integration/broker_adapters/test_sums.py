"""Whatever is ordered, ticked and cancelled: holdings and money are the sum of the fills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker_adapters.base import OrderReport
from broker_adapters.registry import open_paper_venue
from bus.values import OrderState, OrderType, Side, SystemClock, TimeInForce
from tests.contract.broker_adapters.trader import Place, Trader, trading
from tests.servers.ledger import ledger_template
from tests.servers.postgres import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broker_adapters.base import Fill

Step = Callable[[Trader, list[OrderReport]], Awaitable[None]]

SYMBOLS = ("BTCUSDT", "ETHUSDT")
DAWN = datetime(2000, 1, 1, tzinfo=UTC)
amounts = st.decimals(min_value="0.00000001", max_value="20", places=8)
prices = st.decimals(min_value="0.5", max_value="2", places=4)


async def submit(trader: Trader, known: list[OrderReport], *, fields: dict[str, Any]) -> None:
    outcome = await trader.submit(**fields)
    report = getattr(outcome, "report", None)
    if report is not None:
        known.append(report)


async def tick(trader: Trader, _: list[OrderReport], *, symbol: str, price: Decimal) -> None:
    await trader.tick(str(price), symbol=symbol)


async def cancel(trader: Trader, known: list[OrderReport], *, which: int) -> None:
    if known:
        await trader.broker.cancel(trader.ref(known[which % len(known)]))


@st.composite
def submits(draw: st.DrawFn) -> Step:
    kind = draw(st.sampled_from(sorted({*OrderType} - {OrderType.TRAILING_STOP})))
    needs_limit = kind in {OrderType.LIMIT, OrderType.STOP_LIMIT}
    needs_stop = kind in {OrderType.STOP, OrderType.STOP_LIMIT}
    fields = {
        "symbol": draw(st.sampled_from(SYMBOLS)),
        "side": draw(st.sampled_from(Side)),
        "quantity": draw(amounts),
        "order_type": kind,
        "limit_price": draw(prices) if needs_limit else None,
        "stop_price": draw(prices) if needs_stop else None,
        "time_in_force": draw(st.sampled_from(TimeInForce)),
        "reduce_only": draw(st.booleans()),
        "reference_price": draw(st.none() | prices),
    }
    return partial(submit, fields=fields)


steps = st.lists(
    st.one_of(
        submits(),
        st.builds(partial, st.just(tick), symbol=st.sampled_from(SYMBOLS), price=prices),
        st.builds(partial, st.just(cancel), which=st.integers(0, 100)),
    ),
    min_size=1,
    max_size=25,
)
options = st.fixed_dictionaries(
    {
        "deposit": st.just("100"),
        "leverage": st.sampled_from(["1", "5"]),
        "fee_rate": st.sampled_from(["0", "0.0007"]),
        "slippage": st.sampled_from(["0", "0.003"]),
    },
    optional={"liquidity_per_tick": st.sampled_from(["0.3", "5"])},
)


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with fresh_database(template=ledger_template()) as made:
        yield made


@settings(max_examples=150, deadline=None)
@given(steps, options)
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_in_memory_everything_adds_up(backend: str, taken: list[Step], how: dict[str, Any]) -> None:
    anyio.run(check, "memory:", taken, how, backend=backend)


@pytest.mark.postgres
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps, options)
def test_in_the_ledger_everything_adds_up(dsn: str, taken: list[Step], how: dict[str, Any]) -> None:
    anyio.run(check, dsn, taken, how)


async def check(where: str, taken: list[Step], how: dict[str, Any]) -> None:
    clock = SystemClock()
    async with open_paper_venue(where, clock=clock) as venue:
        place = Place(venue=venue, clock=clock, end_the_day=_never)
        async with trading(place, **how) as trader:
            known: list[OrderReport] = []
            for step in taken:
                await step(trader, known)
            await check_sums(trader, Decimal(how["deposit"]))
    if where.startswith("postgresql"):
        connection = await asyncpg.connect(where)
        assert await connection.fetch("SELECT * FROM paper.discrepancies") == []
        await connection.close()


async def check_sums(trader: Trader, deposit: Decimal) -> None:
    orders = await trader.broker.orders_since(DAWN)
    fills = await trader.broker.fills_since(DAWN)
    positions = {each.symbol: each for each in await trader.broker.positions()}
    held, cash = summed(fills, deposit)
    worth = sum((each.quantity * (each.last_price or 0) for each in positions.values()), cash)
    (balance,) = await trader.broker.balances()

    assert len({fill.fill_key for fill in fills}) == len(fills)
    assert sorted(f.fill_key for o in orders for f in o.fills) == sorted(f.fill_key for f in fills)
    assert {symbol: each.quantity for symbol, each in positions.items()} == held
    assert abs(balance.total - worth) <= Decimal("0.00000001")
    for order in orders:
        check_order(order)


def summed(fills: Sequence[Fill], deposit: Decimal) -> tuple[dict[str, Decimal], Decimal]:
    """Fold the fills anew, by the plainest arithmetic there is."""
    held: dict[str, Decimal] = defaultdict(Decimal)
    cash = deposit
    for fill in fills:
        sign = 1 if fill.side is Side.BUY else -1
        held[fill.symbol] += sign * fill.quantity
        cash -= sign * fill.quantity * fill.price + fill.fee
    return {symbol: quantity for symbol, quantity in held.items() if quantity}, cash


def check_order(order: OrderReport) -> None:
    filled = sum((fill.quantity for fill in order.fills), Decimal(0))
    assert order.filled_quantity == filled <= order.quantity
    assert (order.state is OrderState.FILLED) == (filled == order.quantity)
    assert (order.state is OrderState.ACCEPTED) <= (filled == 0)
    assert (order.state is OrderState.PARTIALLY_FILLED) <= (filled > 0)


async def _never() -> None:
    """Nobody ends the day here."""
