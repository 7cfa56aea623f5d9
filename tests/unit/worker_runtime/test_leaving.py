"""How a worker ends: drained, idle, robbed of its lease, or never wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.messages import Drain
from bus.values import OrderState, UserId, WorkerId
from handlers.errors import StoreUnavailableError
from tests.unit.worker_runtime.gated_broker import accept
from tests.unit.worker_runtime.world import FAST, a_world
from worker_runtime.worker import Ending

if TYPE_CHECKING:
    from handlers.records.orders import Lease

pytestmark = pytest.mark.anyio


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


async def test_a_worker_that_leaves_work_behind_hands_its_user_to_a_warm_one() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        await world.record(account)
        await world.record(account, symbol="OTHER")
        world.serve(tasks)
        await broker.until(lambda: bool(broker.submitted))
        warm = WorkerId(uuid7())
        await world.bus.pool.offer(warm)

        world.drain.begin("SIGTERM")
        broker.gate.set()

        handed = await world.bus.pool.await_claim(warm, timeout=timedelta(seconds=5))
        assert handed == world.user


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


async def test_nothing_is_sent_while_renewals_stay_unanswered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_world(replace(FAST, renew=0.01, renew_guard=0.05)) as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        first = await world.record(account)
        await world.until(first)
        renew = world.store.leases.renew

        async def give_no_answer(_: Lease) -> bool:
            raise StoreUnavailableError

        monkeypatch.setattr(world.store.leases, "renew", give_no_answer)
        # The guard counts real time: let twice its span pass, then as much again for the order.
        await anyio.sleep(0.1)
        order = await world.record(account)
        await world.hint(account, order)
        await anyio.sleep(0.1)
        assert (await world.order(order)).state is OrderState.QUEUED

        monkeypatch.setattr(world.store.leases, "renew", renew)

        assert (await world.until(order)).state is OrderState.FILLED
        assert len(broker.submitted) == 2


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
