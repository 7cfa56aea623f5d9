"""Whatever a venue shows: taken in twice, it is taken in once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import anyio
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.values import OrderState
from handlers.orders.compare import compare
from handlers.orders.reconcile import look
from tests.unit.handlers.orders.compared import (
    a_compared_bench,
    a_traded_order,
    a_working_order,
    all_of,
    an_unknown_order,
    asked,
)

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.records.comparison import Comparison
    from handlers.records.views import OrderDetail
    from tests.unit.handlers.orders.order_desks import Bench

_SHOWN = (
    OrderState.ACCEPTED,
    OrderState.PARTIALLY_FILLED,
    OrderState.FILLED,
    OrderState.CANCELLED,
    OrderState.EXPIRED,
    OrderState.REJECTED,
)
_FILLS = st.lists(st.sampled_from(["0.2", "0.3", "0.5"]), max_size=3)
_SEEN = st.tuples(
    st.sampled_from(["traded", "working", "unknown", "absent", "cancelled"]),
    st.none() | st.sampled_from(_SHOWN),
    _FILLS,
)


async def an_order(bench: Bench, kind: str, symbol: str) -> OrderId:
    """Make an order that is so; what is unknown would hold back others of its symbol."""
    if kind == "traded":
        return await a_traded_order(bench, symbol)
    if kind in {"unknown", "absent"}:
        order = await an_unknown_order(bench, symbol)
        if kind == "absent":
            await look(await bench.read(order), bench.desk, may_conclude=True)
        return order
    order = await a_working_order(bench, symbol)
    if kind == "cancelled":
        ref = await bench.ref_of(order)
        gone = bench.broker.report(ref, OrderState.CANCELLED, filled=Decimal(0))
        bench.broker.finds.append(gone)
        await look(await bench.read(order), bench.desk, may_conclude=False)
    return order


async def show(
    bench: Bench, order: OrderId, state: OrderState | None, fills: list[str], n: int
) -> None:
    """Let the venue list the order so, with these fills."""
    ref = await bench.ref_of(order)
    filled = sum(map(Decimal, fills), Decimal(0))
    if state is not None:
        report = bench.broker.report(ref, state, filled=filled)
        bench.broker.listing.append(msgspec.structs.replace(report, fills=()))
    for place, quantity in enumerate(fills):
        fill = await bench.fill_of(order, quantity)
        key = f"{n}:{place}"
        bench.broker.traded.append(msgspec.structs.replace(fill, fill_key=key))


async def twice(
    seen: list[tuple[str, OrderState | None, list[str]]],
) -> tuple[list[list[OrderDetail | None]], list[Comparison]]:
    """Compare twice; return what is recorded after each, and what each came to."""
    bench = await a_compared_bench()
    orders: list[OrderId] = []
    for n, (kind, state, fills) in enumerate(seen):
        orders.append(await an_order(bench, kind, f"S{n}USDT"))
        await show(bench, orders[-1], state, fills, n)
    await asked(bench)
    records: list[list[OrderDetail | None]] = []
    results: list[Comparison] = []
    for _ in range(2):
        found = await compare(bench.desk, bench.store.comparisons)
        assert found is not None
        results.append(found)
        records.append(await all_of(bench, *orders))
        bench.clock.go_on(timedelta(milliseconds=1))
    return records, results


@settings(max_examples=150, deadline=None)
@given(st.lists(_SEEN, min_size=1, max_size=4))
def test_comparing_twice_changes_nothing(
    seen: list[tuple[str, OrderState | None, list[str]]],
) -> None:
    records, results = anyio.run(partial(twice, seen))

    assert records[0] == records[1]
    assert (results[1].found_fills, results[1].settled_orders) == (0, 0)
    assert results[0].differences == results[1].differences
