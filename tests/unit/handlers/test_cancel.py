from __future__ import annotations

import pytest

from broker_adapters.base import Accepted, OrderRef
from bus.values import OrderId, OrderState
from handlers.cancel import send_cancel
from handlers.reconcile import ref_of
from tests.unit.handlers.order_desks import Bench, a_bench

pytestmark = pytest.mark.anyio


async def a_working_order(bench: Bench) -> OrderId:
    order_id = await bench.queued()
    order = await bench.read(order_id)
    ref = OrderRef(
        client_order_id=order.client_order_id,
        broker_order_id="b-1",
        symbol=order.symbol,
        side=bench.buy,
        quantity=bench.one,
        sent_at=bench.clock.now(),
    )
    report = bench.broker.report(ref, OrderState.ACCEPTED, filled=bench.nothing)
    bench.broker.answers.append(Accepted(broker_order_id="b-1", report=report))
    await bench.run(order_id)
    return order_id


async def test_wanted_cancel_reaches_the_venue_and_ends_the_order() -> None:
    bench = await a_bench()
    order = await a_working_order(bench)
    await bench.store.orders.request_cancel(bench.desk.lease.user_id, order)

    state = await send_cancel(order, bench.desk)

    assert state is OrderState.CANCELLED
    assert [ref.broker_order_id for ref in bench.broker.cancelled] == ["b-1"]


async def test_cancel_that_nobody_wants_is_not_sent() -> None:
    bench = await a_bench()
    order = await a_working_order(bench)

    assert await send_cancel(order, bench.desk) is OrderState.ACCEPTED
    assert not bench.broker.cancelled


async def test_order_that_was_never_sent_is_not_cancelled_at_the_venue() -> None:
    bench = await a_bench()
    order = await bench.queued()
    await bench.store.orders.request_cancel(bench.desk.lease.user_id, order)

    await send_cancel(order, bench.desk)

    assert not bench.broker.cancelled
    assert (await bench.read(order)).state is OrderState.CANCELLED


async def test_unsent_order_has_nothing_to_look_up_by() -> None:
    bench = await a_bench()

    assert ref_of(await bench.read(await bench.queued())) is None
