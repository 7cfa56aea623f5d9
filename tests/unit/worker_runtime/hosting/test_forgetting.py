"""What a starting host does about the workers of a host that was killed."""

from __future__ import annotations

import socket
from datetime import timedelta

import anyio
import pytest

from bus.ids import uuid7
from bus.values import WorkerId
from handlers.launcher.wire import Running
from handlers.records.views import WorkerView
from handlers.services import Services
from tests.unit.worker_runtime.hosting.fake_zygote import a_child, a_launcher
from tests.unit.worker_runtime.world import World, a_world
from worker_runtime.hosting.host import forget_lost

pytestmark = pytest.mark.anyio


def a_row(world: World, worker: WorkerId) -> WorkerView:
    at = world.clock.now() - timedelta(minutes=1)
    return WorkerView(
        id=worker,
        user_id=world.user,
        state="serving",
        epoch=1,
        pid=1,
        host=socket.gethostname(),
        started_at=at,
        last_seen_at=at,
    )


async def test_rows_of_workers_that_nobody_saw_end_are_dropped() -> None:
    async with a_world() as world, a_launcher() as (launcher, zygote):
        services = Services(
            store=world.store,
            pool=world.bus.pool,
            hints=world.bus.hints,
            launcher=launcher,
            clock=world.clock,
        )
        alive, lost = a_child(user=world.user), WorkerId(uuid7())
        for worker in (alive.worker_id, lost):
            await world.store.workers.put(a_row(world, worker))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(forget_lost, launcher, services)
            await anyio.wait_all_tasks_blocked()
            zygote.say(Running(children=(alive,)))

        [kept] = await world.store.queries.workers(None)
        assert kept.id == alive.worker_id
