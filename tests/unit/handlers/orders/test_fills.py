from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from bus.values import OrderState
from handlers.orders.fills import take_event
from tests.unit.handlers.orders.order_desks import a_bench
from tests.unit.handlers.orders.test_cancel import a_working_order

pytestmark = pytest.mark.anyio


async def test_fill_of_a_working_order_is_recorded_once() -> None:
    bench = await a_bench()
    order_id = await a_working_order(bench)
    fill = await bench.fill_of(order_id, "0.4")

    first = await take_event(fill, bench.desk)
    await take_event(fill, bench.desk)

    assert first is OrderState.PARTIALLY_FILLED
    assert (await bench.read(order_id)).filled_quantity == Decimal("0.4")


async def test_fills_that_add_up_fill_the_order() -> None:
    bench = await a_bench()
    order_id = await a_working_order(bench)
    first = await bench.fill_of(order_id, "0.4")
    rest = msgspec.structs.replace(first, fill_key="other", quantity=Decimal("0.6"))

    await take_event(first, bench.desk)

    assert await take_event(rest, bench.desk) is OrderState.FILLED


async def test_event_of_a_foreign_order_changes_nothing() -> None:
    bench = await a_bench()
    order_id = await a_working_order(bench)
    fill = msgspec.structs.replace(await bench.fill_of(order_id, "1"), client_order_id="by hand")

    assert await take_event(fill, bench.desk) is None
    assert (await bench.read(order_id)).filled_quantity == Decimal(0)


async def test_fill_after_a_cancel_still_counts() -> None:
    bench = await a_bench()
    order_id = await a_working_order(bench)
    late = await bench.fill_of(order_id, "0.4")
    ref = await bench.ref_of(order_id)
    await take_event(bench.broker.report(ref, OrderState.CANCELLED, filled=Decimal(0)), bench.desk)

    await take_event(late, bench.desk)

    order = await bench.read(order_id)
    assert (order.state, order.filled_quantity) == (OrderState.CANCELLED, Decimal("0.4"))
