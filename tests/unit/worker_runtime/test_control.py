"""The queues that say who should have a worker, served on memory."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import ClaimWorker, StartWorker
from handlers.launcher.wire import Launch
from handlers.services import Services
from tests.unit.worker_runtime.fake_zygote import FakeZygote, a_launcher
from tests.unit.worker_runtime.world import FAST, World, a_world
from worker_runtime.control import Control

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.base import DeadLetter
    from bus.messages import Message

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_served_world() -> AsyncGenerator[tuple[World, FakeZygote]]:
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
        )
        tasks.start_soon(Control(world.bus, services, pace=FAST).run)
        yield world, zygote
        tasks.cancel_scope.cancel()


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

        launch = await zygote.hear()
        assert isinstance(launch, Launch)
        assert launch.user_id == world.user


async def test_an_unkept_promise_is_kept() -> None:
    async with a_served_world() as (world, zygote):
        deadline = world.clock.now() + timedelta(seconds=30)
        claim = ClaimWorker(user_id=world.user, worker_id=None, deadline=deadline)

        await ask(world, Destination.POOL_CLAIM, claim)

        launch = await zygote.hear()
        assert isinstance(launch, Launch)
        assert launch.user_id == world.user


async def test_a_start_that_came_too_late_is_set_aside_with_its_reason() -> None:
    async with a_served_world() as (world, _):
        late = StartWorker(user_id=world.user, cause=None, deadline=world.clock.now())

        await ask(world, Destination.WORKER_CONTROL, late)

        dead = await first_dead_letter(world, Destination.WORKER_CONTROL)
        assert "WorkerNotStartedError" in dead.reason
