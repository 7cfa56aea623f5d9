"""What is done when a worker has ended: its lease, its marks, and perhaps another worker."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.base import Destination
from bus.ids import uuid7
from bus.messages import KeepPool, StartWorker
from bus.values import HOUSE, WorkerId
from handlers.launcher.wire import Buried, Child
from handlers.records.views import WorkerView
from handlers.services import Services
from tests.unit.worker_runtime.hosting.fake_zygote import FakeZygote, a_child, a_launcher
from tests.unit.worker_runtime.world import FAST, World, a_world
from worker_runtime.hosting.reaper import Reaper
from worker_runtime.hosting.refill import Refill

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio


@dataclass
class Place:
    """A world with a reaper in it."""

    world: World
    zygote: FakeZygote

    async def a_serving_worker(self) -> Child:
        """Have a worker that holds the user's lease and mark."""
        world, worker = self.world, WorkerId(uuid7())
        lease = await world.store.leases.take(world.user, worker)
        assert lease is not None
        await world.bus.hints.mark(world.user, worker, ttl=timedelta(seconds=15))
        now = world.clock.now()
        row = WorkerView(
            id=worker,
            user_id=world.user,
            state="serving",
            epoch=lease.epoch,
            pid=1,
            host="test",
            started_at=now,
            last_seen_at=now,
        )
        await world.store.workers.put(row)
        return a_child(worker, world.user, lease.epoch)


@asynccontextmanager
async def a_place() -> AsyncGenerator[Place]:
    async with (
        a_world() as world,
        a_launcher() as (launcher, zygote),
        anyio.create_task_group() as tasks,
    ):
        place = Place(world, zygote)
        services = Services(
            store=world.store,
            pool=world.bus.pool,
            hints=world.bus.hints,
            launcher=launcher,
            clock=world.clock,
        )
        refill = Refill(world.bus.publisher, world.clock, FAST)
        reaper = Reaper(launcher, services, world.bus.publisher, refill=refill, pace=FAST)
        tasks.start_soon(reaper.run)
        yield place
        tasks.cancel_scope.cancel()


async def test_the_lease_of_the_dead_is_released() -> None:
    async with a_place() as place:
        child = await place.a_serving_worker()

        place.zygote.end(child)

        assert await place.zygote.hear() == Buried(worker_id=child.worker_id)
        assert await place.world.store.leases.holder(place.world.user) is None


async def test_the_lease_of_a_later_worker_is_not_touched() -> None:
    async with a_place() as place:
        world = place.world
        dead = await place.a_serving_worker()
        lease = await world.store.leases.holder(world.user)
        assert lease is not None
        await world.store.leases.release(lease)
        later = await world.store.leases.take(world.user, WorkerId(uuid7()))

        place.zygote.end(dead)

        await place.zygote.hear()
        assert await world.store.leases.holder(world.user) == later


async def test_mark_and_row_of_the_dead_are_removed() -> None:
    async with a_place() as place:
        world = place.world

        place.zygote.end(await place.a_serving_worker())

        await place.zygote.hear()
        assert (await world.bus.hints.hint(world.user)).worker_id is None
        assert not await world.store.queries.workers(None)


async def test_another_worker_is_asked_for_where_the_dead_one_left_work() -> None:
    async with a_place() as place:
        world = place.world
        await world.record(await world.add_account())

        place.zygote.end(await place.a_serving_worker())

        async with world.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            asked = (await anext(deliveries)).envelope
        assert isinstance(asked.message, StartWorker)
        assert asked.message.user_id == world.user


@pytest.mark.parametrize(("code", "has_work"), [(0, True), (-9, False)])
async def test_nobody_is_asked_to_replace_a_worker_that_left_or_has_nothing_to_do(
    code: int, *, has_work: bool
) -> None:
    async with a_place() as place:
        world = place.world
        account = await world.add_account()
        if has_work:
            await world.record(account)

        place.zygote.end(await place.a_serving_worker(), code=code)

        await place.zygote.hear()
        async with world.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            with anyio.move_on_after(0.1) as patience:
                await anext(deliveries)
        assert patience.cancelled_caught


async def test_the_end_of_a_worker_is_told_with_its_names(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_place() as place:
        child = await place.a_serving_worker()

        place.zygote.end(child)

        await place.zygote.hear()
        [record] = [each for each in caplog.records if each.msg == "worker_died"]
        told = (vars(record)["worker_id"], vars(record)["user_id"])
        assert told == (str(child.worker_id), str(child.user_id))


async def test_a_dead_pool_member_is_offered_no_more() -> None:
    async with a_place() as place:
        child = a_child()
        await place.world.bus.pool.offer(child.worker_id)

        place.zygote.end(child)

        await place.zygote.hear()
        assert await place.world.bus.pool.ready() == 0


async def test_a_dead_pool_member_is_replaced() -> None:
    async with a_place() as place:
        place.zygote.end(a_child())

        async with place.world.bus.subscriber.receive(Destination.MAINTENANCE) as deliveries:
            asked = await anext(deliveries)

        assert asked.envelope.message == KeepPool(user_id=HOUSE)
