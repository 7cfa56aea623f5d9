from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import anyio
import pytest

from broker_adapters.base import NotSent, Reason, Rejected, Unknown
from bus.values import Mode, OrderState, OrderType, Side
from handlers.records.orders import WhyNot
from handlers.records.sizing_rules import Close, Direction, Target
from telemetry.stages import Stage
from tests.builders import a_new_order
from tests.unit.handlers.orders.order_desks import a_bench
from tests.unit.handlers.orders.scripted_broker import Hang

pytestmark = pytest.mark.anyio


async def test_queued_order_is_sent_once_and_filled() -> None:
    bench = await a_bench()
    order = await bench.queued()

    executed = await bench.run(order)

    assert executed.state is OrderState.FILLED
    assert len(bench.broker.sent) == 1
    assert (await bench.read(order)).filled_quantity == Decimal(1)


async def test_executing_again_sends_nothing() -> None:
    bench = await a_bench()
    order = await bench.queued()
    await bench.run(order)

    executed = await bench.run(order)

    assert executed.why is WhyNot.GONE
    assert len(bench.broker.sent) == 1


async def test_two_attempts_at_once_send_one_order() -> None:
    bench = await a_bench()
    order = await bench.queued()

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(bench.run, order)

    assert len(bench.broker.sent) == 1


async def test_refusal_of_the_venue_is_recorded_with_its_reason() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.append(Rejected(reason=Reason.INSUFFICIENT_FUNDS, message="no money"))

    await bench.run(order)

    read = await bench.read(order)
    assert (read.state, read.error_code) == (OrderState.REJECTED, "insufficient_funds")


async def test_unknown_outcome_is_never_sent_again() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.append(Unknown(why="reset"))

    await bench.run(order)
    again = await bench.run(order)

    assert (await bench.read(order)).state is OrderState.UNKNOWN
    assert again.why is WhyNot.GONE
    assert len(bench.broker.sent) == 1


async def test_order_that_never_left_goes_back_to_the_queue_under_its_client_id() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.append(NotSent(why="refused", retry_after=timedelta(milliseconds=50)))

    first = await bench.run(order)
    await bench.run(order)

    assert first.retry_after == timedelta(milliseconds=50)
    assert len({request.client_order_id for request in bench.broker.sent}) == 1
    assert (await bench.read(order)).state is OrderState.FILLED


async def test_tries_outlast_a_venue_that_is_away_for_ten_seconds() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.extend([NotSent(why="refused")] * 4)

    tries = [await bench.run(order) for _ in range(4)]

    pauses = [each.retry_after and each.retry_after.total_seconds() for each in tries]
    assert pauses == [0.2, 2, 8, None]
    assert (await bench.read(order)).state is OrderState.REJECTED


async def test_order_that_never_leaves_is_given_up_visibly() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.extend([NotSent(why="refused")] * 10)

    for _ in range(10):
        await bench.run(order)

    read = await bench.read(order)
    assert (read.state, read.error_code) == (OrderState.REJECTED, "broker_unavailable")


async def test_expired_order_is_not_sent() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.clock.go_on(timedelta(seconds=61))
    renewed = await bench.store.leases.take(bench.desk.lease.user_id, bench.desk.lease.worker_id)
    assert renewed is not None

    bench.desk = replace(bench.desk, lease=renewed)
    executed = await bench.run(order)

    assert executed.state is OrderState.EXPIRED
    assert not bench.broker.sent


async def test_lost_lease_sends_nothing() -> None:
    bench = await a_bench()
    order = await bench.queued()
    await bench.store.leases.release(bench.desk.lease)

    executed = await bench.run(order)

    assert executed.why is WhyNot.LEASE_LOST
    assert not bench.broker.sent


async def test_engaged_switch_denies_the_order() -> None:
    bench = await a_bench()
    order = await bench.queued()
    await bench.store.switches.change(
        bench.desk.lease.user_id, engaged=True, cancel_working=False, allow_exits=False
    )

    await bench.run(order)

    read = await bench.read(order)
    assert (read.state, read.error_code) == (OrderState.DENIED, "kill_switch_active")
    assert not bench.broker.sent


async def test_cancellation_in_mid_send_leaves_the_order_unknown() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.append(Hang())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bench.run, order)
        await bench.broker.sending.wait()
        tasks.cancel_scope.cancel()

    assert (await bench.read(order)).state is OrderState.UNKNOWN


async def test_paper_order_never_reaches_a_live_account() -> None:
    bench = await a_bench()
    order = await bench.queued(a_new_order(bench.account, mode=Mode.LIVE))

    await bench.run(order)

    assert (await bench.read(order)).error_code == "mode_mismatch"
    assert not bench.broker.sent


async def test_unsupported_order_type_is_denied() -> None:
    bench = await a_bench()
    order = await bench.queued(a_new_order(bench.account, order_type=OrderType.TRAILING_STOP))

    await bench.run(order)

    assert (await bench.read(order)).error_code == "unsupported_field"


async def test_target_is_sized_by_the_real_position() -> None:
    bench = await a_bench()
    bench.broker.hold("BTCUSDT", "1")
    order = await bench.queued(a_new_order(bench.account, sizing=Target(size=Decimal(-1))))

    await bench.run(order)

    [sent] = bench.broker.sent
    assert (sent.side, sent.quantity, sent.reduce_only) == (Side.SELL, Decimal(2), False)


async def test_reversal_without_atomic_flips_records_its_second_leg() -> None:
    bench = await a_bench(flips=False)
    bench.broker.hold("BTCUSDT", "1")
    order = await bench.queued(a_new_order(bench.account, sizing=Target(size=Decimal(-2))))

    executed = await bench.run(order)

    assert executed.child is not None
    child = await bench.read(executed.child)
    assert (child.state, child.leg, child.parent_id) == (OrderState.QUEUED, 2, order)
    assert (child.side, child.quantity) == (Side.SELL, Decimal(2))
    assert bench.broker.sent[0].reduce_only


async def test_failed_close_opens_nothing() -> None:
    bench = await a_bench(flips=False)
    bench.broker.hold("BTCUSDT", "1")
    order = await bench.queued(a_new_order(bench.account, sizing=Target(size=Decimal(-2))))
    bench.broker.answers.append(Rejected(reason=Reason.MARKET_CLOSED, message="closed"))

    executed = await bench.run(order)

    assert executed.child is None
    assert len(bench.broker.sent) == 1


async def test_exit_while_flat_is_denied_with_nothing_to_do() -> None:
    bench = await a_bench()
    order = await bench.queued(
        a_new_order(bench.account, sizing=Close(direction=Direction.ANY), reduce_only=True)
    )

    await bench.run(order)

    assert (await bench.read(order)).error_code == "nothing_to_do"


async def test_limit_is_rounded_in_the_traders_favour() -> None:
    bench = await a_bench()
    new = a_new_order(bench.account, order_type=OrderType.LIMIT, limit_price="100.19")

    await bench.run(await bench.queued(new))

    assert bench.broker.sent[0].limit_price == Decimal("100.1")


async def test_limit_below_one_tick_is_denied_and_never_sent_as_zero() -> None:
    bench = await a_bench()
    new = a_new_order(bench.account, order_type=OrderType.LIMIT, limit_price="0.01")
    order = await bench.queued(new)

    await bench.run(order)

    assert (await bench.read(order)).error_code == "precision_or_size"
    assert bench.broker.sent == []


async def test_every_hop_is_in_the_timeline_in_its_order() -> None:
    bench = await a_bench()
    order = await bench.queued()

    await bench.run(order)

    detail = await bench.store.queries.order(bench.desk.lease.user_id, order)
    assert detail is not None
    stages = [event.stage for event in detail.events]
    assert stages == [
        Stage.EDGE_RECEIVED,
        Stage.EDGE_RECORDED,
        Stage.FROZEN,
        Stage.CLAIMED,
        Stage.SENT,
        Stage.ANSWERED,
        Stage.SETTLED,
    ]


async def test_live_streams_are_woken_by_the_outcome() -> None:
    bench = await a_bench()

    await bench.run(await bench.queued())

    assert bench.told == [bench.desk.lease.user_id]


async def test_order_that_was_not_sent_says_why_in_the_venue_s_reason() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.append(NotSent(why="another program", reason=Reason.SESSION_TAKEN))

    await bench.run(order)

    assert (await bench.read(order)).error_code == "session_taken"
