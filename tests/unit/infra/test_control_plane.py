"""The control plane served on memory: its queues, and its turns."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import ClaimWorker, KeepPool, StartWorker, VerifyOrder
from bus.values import HOUSE, AccountId, OrderId
from handlers.launcher.wire import Changed
from handlers.services import Services
from infra.local.control.control_plane import serve
from tests.unit.worker_runtime.hosting.fake_zygote import FakeZygote, a_child, a_launcher
from tests.unit.worker_runtime.world import World, a_world

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.base import DeadLetter
    from bus.messages import Message

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_served_world(*, pool_size: int = 0) -> AsyncGenerator[tuple[World, FakeZygote]]:
    async with (
        a_world() as world,
        a_launcher() as (launcher, zygote),
        anyio.create_task_group() as tasks,
    ):
        services = Services(
            store=world.store,
            pool=world.bus.pool,
            hints=world.bus.hints,
            launcher=launcher,
            clock=world.clock,
            pool_size=pool_size,
        )
        stopping = anyio.Event()
        tasks.start_soon(serve, world.bus, services, stopping)
        yield world, zygote
        stopping.set()


async def ask(world: World, destination: Destination, message: Message) -> None:
    envelope = seal(message, clock=world.clock, dedup_id=uuid7().hex)
    await world.bus.publisher.publish(destination, envelope)


async def first_dead_letter(world: World, destination: Destination) -> DeadLetter:
    while True:
        for letter in await world.bus.dead_letters.dead(destination, limit=1):
            return letter
        await anyio.sleep(0.005)


async def test_a_start_is_carried_out() -> None:
    async with a_served_world() as (world, zygote):
        deadline = world.clock.now() + timedelta(seconds=30)
        start = StartWorker(user_id=world.user, cause=None, deadline=deadline)

        await ask(world, Destination.WORKER_CONTROL, start)

        assert (await zygote.fork()).user_id == world.user


async def test_an_unkept_promise_is_kept() -> None:
    async with a_served_world() as (world, zygote):
        deadline = world.clock.now() + timedelta(seconds=30)
        claim = ClaimWorker(user_id=world.user, worker_id=None, deadline=deadline)

        await ask(world, Destination.POOL_CLAIM, claim)

        assert (await zygote.fork()).user_id == world.user


async def test_a_start_that_came_too_late_is_set_aside_with_its_reason() -> None:
    async with a_served_world() as (world, _):
        late = StartWorker(user_id=world.user, cause=None, deadline=world.clock.now())

        await ask(world, Destination.WORKER_CONTROL, late)

        dead = await first_dead_letter(world, Destination.WORKER_CONTROL)
        assert "WorkerNotStartedError" in dead.reason


async def test_the_pool_is_filled_at_the_start() -> None:
    async with a_served_world(pool_size=1) as (_, zygote):
        child = await zygote.fork()

        assert child.user_id is None


async def test_the_pool_is_filled_when_somebody_asks() -> None:
    async with a_served_world(pool_size=1) as (world, zygote):
        child = await zygote.fork()
        zygote.say(Changed(child=a_child(child.worker_id, world.user)))

        await ask(world, Destination.MAINTENANCE, KeepPool(user_id=HOUSE))

        assert (await zygote.fork()).worker_id != child.worker_id


async def test_a_message_that_nobody_can_carry_out_holds_nobody_up() -> None:
    async with a_served_world() as (world, zygote):
        gone = VerifyOrder(
            user_id=world.user, order_id=OrderId(uuid7()), account_id=AccountId(uuid7()), attempt=1
        )
        deadline = world.clock.now() + timedelta(seconds=30)
        await ask(world, Destination.MAINTENANCE, gone)
        await ask(
            world,
            Destination.MAINTENANCE,
            StartWorker(user_id=world.user, cause=None, deadline=deadline),
        )

        assert (await zygote.fork()).user_id == world.user
        dead = await first_dead_letter(world, Destination.MAINTENANCE)
        assert "NotFoundError" in dead.reason
