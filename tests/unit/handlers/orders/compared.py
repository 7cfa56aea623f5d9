"""An account that is due to be compared, at a venue that a test makes up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Accepted, OrderReport, Unknown
from bus.values import OrderState
from handlers.orders.compare import compare
from tests.builders import a_new_order
from tests.unit.handlers.orders.order_desks import Bench, a_bench

if TYPE_CHECKING:
    from broker_adapters.base import Fill
    from bus.values import OrderId
    from handlers.records.comparison import Comparison
    from handlers.records.orders import Order
    from handlers.records.views import OrderDetail

# An account's first day begins an hour after it was made.
OLD = timedelta(days=1, hours=2)


async def a_compared_bench() -> Bench:
    """Make a bench whose venue is never late, with an account that is old enough."""
    bench = await a_bench()
    able = bench.broker.capabilities
    bench.broker.capabilities = msgspec.structs.replace(able, settle=timedelta(0))
    await pass_time(bench, OLD)
    return bench


async def pass_time(bench: Bench, by: timedelta) -> None:
    """Let time pass while the worker keeps its lease."""
    bench.clock.go_on(by)
    assert await bench.store.leases.renew(bench.desk.lease)


async def a_traded_order(bench: Bench, symbol: str = "BTCUSDT") -> OrderId:
    """Execute an order whose fill everybody knows."""
    order = await bench.queued(a_new_order(bench.account, symbol=symbol))
    await bench.run(order)
    return order


async def a_working_order(bench: Bench, symbol: str = "BTCUSDT") -> OrderId:
    """Execute an order that works at the venue."""
    order = await bench.queued(a_new_order(bench.account, symbol=symbol))
    request = (await bench.read(order)).client_order_id
    report = OrderReport(
        broker_order_id=f"b-{request}",
        client_order_id=request,
        symbol=symbol,
        side=bench.buy,
        quantity=bench.one,
        state=OrderState.ACCEPTED,
        filled_quantity=bench.nothing,
        average_price=None,
        at=bench.clock.now(),
    )
    bench.broker.answers.append(Accepted(broker_order_id=report.broker_order_id, report=report))
    await bench.run(order)
    return order


async def an_unknown_order(bench: Bench, symbol: str = "BTCUSDT") -> OrderId:
    """Execute an order whose answer never came."""
    order = await bench.queued(a_new_order(bench.account, symbol=symbol))
    bench.broker.answers.append(Unknown(why="no answer"))
    await bench.run(order)
    return order


async def fill_unheard(bench: Bench, order: OrderId, quantity: str = "1") -> Fill:
    """Fill an order at the venue, so that no stream and no look-up ever tells of it."""
    fill = await bench.fill_of(order, quantity)
    bench.broker.traded.append(fill)
    bench.broker.hold("BTCUSDT", quantity)
    return fill


async def list_as(bench: Bench, order: OrderId, state: OrderState, *, filled: str = "0") -> None:
    """Let the venue list an order so."""
    report = bench.broker.report(await bench.ref_of(order), state, filled=Decimal(filled))
    bench.broker.listing.append(msgspec.structs.replace(report, fills=()))


async def asked(bench: Bench) -> None:
    """Have the account's comparison asked for."""
    await pass_time(bench, timedelta(minutes=5))
    due = await bench.store.comparisons.due(limit=10)
    assert [each.account_id for each in due] == [bench.account.id]


async def compared(bench: Bench) -> Comparison:
    """Ask for the comparison of the account's day, and make it."""
    await asked(bench)
    found = await compare(bench.desk, bench.store.comparisons)
    assert found is not None
    assert await bench.store.comparisons.keep(bench.desk.lease, found)
    return found


async def all_of(bench: Bench, *orders: OrderId) -> list[OrderDetail | None]:
    """Return all that is recorded of these orders."""
    return [await bench.store.queries.order(bench.account.user_id, order) for order in orders]


async def state_of(bench: Bench, order: OrderId) -> tuple[OrderState, Decimal]:
    """Return how an order stands."""
    found: Order = await bench.read(order)
    return found.state, found.filled_quantity
