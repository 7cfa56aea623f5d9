from __future__ import annotations

import msgspec
import pytest

from broker_adapters.base import Accepted, OrderRef, Reason, Rejected, Unknown
from broker_adapters.errors import BrokerUnavailableError
from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.orders.cancel import send_cancel
from handlers.orders.reconcile import ref_of
from tests.unit.handlers.orders.order_desks import Bench, a_bench

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

    sent = await send_cancel(order, bench.desk)

    assert sent.state is OrderState.CANCELLED
    assert (sent.reply.is_ok, sent.reply.code) == (True, "cancelled")
    assert [ref.broker_order_id for ref in bench.broker.cancelled] == ["b-1"]


async def test_cancel_that_nobody_wants_is_not_sent() -> None:
    bench = await a_bench()
    order = await a_working_order(bench)

    assert (await send_cancel(order, bench.desk)).state is OrderState.ACCEPTED
    assert not bench.broker.cancelled


async def test_order_that_was_never_sent_is_not_cancelled_at_the_venue() -> None:
    bench = await a_bench()
    order = await bench.queued()
    await bench.store.orders.request_cancel(bench.desk.lease.user_id, order)

    await send_cancel(order, bench.desk)

    assert not bench.broker.cancelled
    assert (await bench.read(order)).state is OrderState.CANCELLED


async def test_a_cancel_of_an_order_that_is_over_says_so() -> None:
    bench = await a_bench()
    order = await bench.queued()
    await bench.run(order)

    reply = (await send_cancel(order, bench.desk)).reply

    assert (reply.is_ok, reply.code, reply.state) == (False, "already_final", OrderState.FILLED)


@pytest.mark.parametrize(
    ("answer", "code", "why"),
    [
        (Rejected(reason=Reason.PERMISSION, message="no"), "cancel_refused", "no"),
        (Unknown(why="503"), "cancel_pending", "503"),
        (BrokerUnavailableError("down"), "cancel_pending", "BrokerUnavailableError('down')"),
    ],
)
async def test_a_cancel_without_effect_says_what_the_venue_said(
    answer: Rejected | Unknown | Exception, code: str, why: str
) -> None:
    bench = await a_bench()
    order = await a_working_order(bench)
    await bench.store.orders.request_cancel(bench.desk.lease.user_id, order)
    bench.broker.cancels.append(answer)

    sent = await send_cancel(order, bench.desk)

    assert (sent.state, sent.reply.code, sent.reply.why) == (None, code, why)


async def test_an_order_of_another_account_is_not_cancelled_here() -> None:
    bench = await a_bench()

    assert (await send_cancel(OrderId(uuid7()), bench.desk)).reply.code == "not_found"


async def a_lost_order(bench: Bench, shown_as: str) -> OrderId:
    """Lose an order at a venue without client ids, that shows one which looks like it."""
    able = bench.broker.capabilities
    bench.broker.capabilities = msgspec.structs.replace(able, client_id_max=0)
    order = await bench.queued()
    bench.broker.answers.append(Unknown(why="no answer"))
    await bench.run(order)
    ref = msgspec.structs.replace(await bench.ref_of(order), broker_order_id=shown_as)
    bench.broker.finds.append(bench.broker.report(ref, OrderState.ACCEPTED, filled=bench.nothing))
    await bench.store.orders.request_cancel(bench.desk.lease.user_id, order)
    return order


async def test_cancel_of_a_lost_order_takes_back_no_other_that_is_alike() -> None:
    bench = await a_bench()
    await a_working_order(bench)
    lost = await a_lost_order(bench, shown_as="b-1")

    sent = await send_cancel(lost, bench.desk)

    assert bench.broker.cancelled == []
    assert (sent.state, sent.reply.code) == (OrderState.NEEDS_REVIEW, "cancel_pending")
    assert (await bench.read(lost)).error_code == "order_of_another"


async def test_cancel_of_a_lost_order_is_sent_once_it_is_found() -> None:
    bench = await a_bench()
    await a_working_order(bench)
    lost = await a_lost_order(bench, shown_as="b-2")

    sent = await send_cancel(lost, bench.desk)

    assert [ref.broker_order_id for ref in bench.broker.cancelled] == ["b-2"]
    assert sent.state is OrderState.CANCELLED


async def test_unsent_order_has_nothing_to_look_up_by() -> None:
    bench = await a_bench()

    assert ref_of(await bench.read(await bench.queued())) is None
