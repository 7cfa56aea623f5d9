"""A whole worker against the memory bus, the memory record and scripted venues."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from broker_adapters.errors import AuthFailedError, BrokerUnavailableError
from bus.base import Destination
from bus.ids import uuid7
from bus.messages import Drain, ReloadAccount, StartWorker
from bus.values import OrderState, UserId, WorkerId
from tests.unit.worker_runtime.scripted_broker import accept, refuse_before_sending, report_of
from tests.unit.worker_runtime.world import FAST, HINTS_ONLY, a_world
from worker_runtime.drain import Drain as LeaveWish
from worker_runtime.worker import Ending

pytestmark = pytest.mark.anyio


async def test_a_hinted_order_is_filled() -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        order = await world.record(account)

        await world.hint(account, order)

        assert (await world.until(order)).state is OrderState.FILLED


async def test_an_order_whose_hint_was_lost_is_filled() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()

        order = await world.record(account)

        assert (await world.until(order)).state is OrderState.FILLED


async def test_orders_of_one_account_reach_the_venue_in_their_order() -> None:
    async with a_world(HINTS_ONLY) as world:
        account = await world.add_account()
        orders = [await world.record(account, symbol=f"S{n}") for n in range(20)]
        await world.hint(account, *reversed(orders))

        async with world.served():
            for order in orders:
                await world.until(order)

        sent = [request.client_order_id for request in world.brokers[account].submitted]
        assert sent == [order.hex for order in orders]


async def test_a_slow_account_holds_no_other_up() -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        slow, quick = await world.add_account(), await world.add_account()
        world.brokers[slow].close_gate()
        stuck, free = await world.record(slow), await world.record(quick)

        await world.hint(slow, stuck)
        await world.hint(quick, free)

        assert (await world.until(free)).state is OrderState.FILLED
        world.brokers[slow].gate.set()


async def test_an_order_hinted_many_times_is_sent_once() -> None:
    async with a_world() as world:
        account = await world.add_account()
        order = await world.record(account)
        await world.hint(account, *[order] * 10)

        async with world.served():
            await world.until(order)
            last = await world.record(account)
            await world.hint(account, order, last)
            await world.until(last)

        sent = [request.client_order_id for request in world.brokers[account].submitted]
        assert sent == [order.hex, last.hex]


async def test_an_order_in_hand_is_finished_before_the_worker_leaves() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        order = await world.record(account)
        world.serve(tasks)
        await broker.until(lambda: bool(broker.submitted))

        world.drain.begin("SIGTERM")
        broker.gate.set()

        assert (await world.until(order)).state is OrderState.FILLED


async def test_a_draining_worker_begins_no_further_order() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        first, second = await world.record(account), await world.record(account, symbol="OTHER")
        world.serve(tasks)
        await broker.until(lambda: bool(broker.submitted))

        world.drain.begin("SIGTERM")
        broker.gate.set()
        await world.until(first)

        await world.until_left()
        assert (await world.order(second)).state is OrderState.QUEUED


async def test_a_worker_that_leaves_work_behind_asks_for_another() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        await world.record(account)
        left = await world.record(account, symbol="OTHER")
        world.serve(tasks)
        await broker.until(lambda: bool(broker.submitted))

        world.drain.begin("SIGTERM")
        broker.gate.set()

        async with world.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            message = (await anext(deliveries)).envelope.message
        assert isinstance(message, StartWorker)
        assert message.cause == left


async def test_a_drained_worker_gives_its_lease_and_its_mark_back() -> None:
    async with a_world() as world:
        await world.add_account()

        async with world.served():
            await world.until_marked()

        hinted = await world.bus.hints.hint(world.user)
        assert hinted.worker_id is None
        assert await world.store.leases.holder(world.user) is None


async def test_a_drain_command_ends_the_worker() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        world.serve(tasks)

        await world.send(Drain(user_id=world.user, reason="stop_worker"))

        await world.until_left()
        assert world.endings == [Ending.DRAINED]


async def test_a_stolen_lease_stops_the_worker_in_mid_send() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        order = await world.record(account)
        world.serve(tasks)
        await broker.until(lambda: bool(broker.submitted))

        await world.steal_lease()

        await world.until_left()
        assert world.endings == [Ending.LEASE_LOST]
        assert (await world.order(order)).state is OrderState.UNKNOWN
        assert not broker.is_open


async def test_a_worker_whose_user_is_served_elsewhere_is_not_wanted() -> None:
    async with a_world() as world:
        await world.store.leases.take(world.user, WorkerId(uuid7()))

        ending = await world.run_worker()

        assert ending is Ending.NOT_WANTED


async def test_a_worker_waits_for_a_lease_that_runs_out() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        account = await world.add_account()
        other = await world.store.leases.take(world.user, WorkerId(uuid7()))
        assert other is not None
        order = await world.record(account)
        world.serve(tasks)

        await world.store.leases.release(other)

        assert (await world.until(order)).state is OrderState.FILLED
        world.drain.begin("done")


async def test_a_send_of_a_dead_worker_is_looked_for_and_never_sent_again() -> None:
    async with a_world() as world:
        account = await world.add_account()
        order = await world.die_in_mid_send(account, is_at_venue=True)

        async with world.served():
            state = (await world.until(order)).state

        assert state is OrderState.FILLED
        assert world.brokers[account].submitted == []


async def test_an_unknown_outcome_blocks_its_symbol_and_no_other() -> None:
    async with a_world() as world:
        account = await world.add_account()
        await world.die_in_mid_send(account, is_at_venue=False, symbol="BTCUSDT")
        same = await world.record(account, symbol="BTCUSDT")
        other = await world.record(account, symbol="ETHUSDT")

        async with world.served():
            assert (await world.until(other)).state is OrderState.FILLED
            assert (await world.order(same)).state is OrderState.QUEUED


async def test_what_an_unknown_outcome_blocked_goes_on_when_it_is_resolved() -> None:
    async with a_world() as world:
        account = await world.add_account()
        await world.die_in_mid_send(account, is_at_venue=True)
        same = await world.record(account)

        async with world.served():
            assert (await world.until(same)).state is OrderState.FILLED


async def test_an_unanswered_send_is_looked_for_by_the_same_worker() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(broker.swallow)
        order = await world.record(account)

        await world.hint(account, order)

        assert (await world.until(order)).state is OrderState.FILLED
        assert len(broker.submitted) == 1


async def test_a_fill_that_the_venue_tells_is_recorded() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(accept)
        order = await world.record(account)
        await world.hint(account, order)
        await world.until(order, {OrderState.ACCEPTED})

        broker.tell(report_of(broker.submitted[0]))

        assert (await world.until(order)).state is OrderState.FILLED


async def test_what_was_filled_while_nobody_listened_is_looked_up() -> None:
    async with a_world() as world:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(accept)
        order = await world.record(account)
        async with world.served():
            await world.until(order, {OrderState.ACCEPTED})
        broker.known[order.hex] = report_of(broker.submitted[0])

        world.drain = LeaveWish()
        async with world.served():
            state = (await world.until(order)).state

        assert state is OrderState.FILLED


async def test_a_wanted_cancel_reaches_the_venue() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(accept)
        order = await world.record(account)
        await world.until(order, {OrderState.ACCEPTED})
        cancelled = report_of(broker.submitted[0], OrderState.CANCELLED)
        broker.known[order.hex] = cancelled

        await world.store.orders.request_cancel(world.user, order)

        assert (await world.until(order)).state is OrderState.CANCELLED


async def test_a_send_that_never_left_is_tried_again() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(refuse_before_sending)
        order = await world.record(account)

        await world.hint(account, order)

        assert (await world.until(order)).state is OrderState.FILLED
        assert len(broker.submitted) == 2


async def test_orders_wait_for_a_venue_that_cannot_be_reached() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.connect_error = BrokerUnavailableError("down")
        order = await world.record(account)
        await broker.until(lambda: broker.opened > 2)

        broker.connect_error = None

        assert (await world.until(order)).state is OrderState.FILLED


async def test_an_order_that_no_session_could_take_expires_visibly() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        world.brokers[account].connect_error = AuthFailedError("wrong key")

        order = await world.record(account, lives=0.1)

        assert (await world.until_polled(order)).state is OrderState.EXPIRED


async def test_other_credentials_open_a_refused_session() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.connect_error = AuthFailedError("wrong key")
        order = await world.record(account)
        await broker.until(lambda: broker.opened == 1)

        broker.connect_error = None
        await world.send(ReloadAccount(user_id=world.user, account_id=account))

        assert (await world.until(order)).state is OrderState.FILLED


async def test_a_command_for_somebody_else_is_not_carried_out() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        world.serve(tasks)
        await world.send_as_ours(Drain(user_id=UserId(uuid7()), reason="foreign"))

        await world.send(Drain(user_id=world.user, reason="own"))

        await world.until_left()
        assert world.drain.reason == "own"


async def test_an_idle_worker_leaves() -> None:
    async with a_world(replace(FAST, idle_after=0.05)) as world:
        ending = await world.run_worker()

        assert ending is Ending.DRAINED
        assert world.drain.reason == "idle"


async def test_an_idle_worker_stays_while_an_order_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_world(replace(FAST, idle_after=0.05)) as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(accept)
        order = await world.record(account)
        await world.until(order, {OrderState.ACCEPTED})
        asked = anyio.Event()
        has_work = world.store.work.has_work

        async def ask(user: UserId) -> bool:
            answer = await has_work(user)
            asked.set()
            return answer

        monkeypatch.setattr(world.store.work, "has_work", ask)
        await asked.wait()

        assert not world.drain.is_begun
