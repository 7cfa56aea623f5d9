"""A warm worker waits for a user, and loses none that was handed to it."""

from __future__ import annotations

import anyio
import pytest

from bus.ids import uuid7
from bus.values import UserId, WorkerId
from tests.unit.worker_runtime.world import World, a_world
from worker_runtime.drain import Drain
from worker_runtime.pace import Pace
from worker_runtime.pool import wait_for_user

pytestmark = pytest.mark.anyio

PACE = Pace(offer=0.05, beat=0.05)


class Waiting:
    """A worker in the pool, and whom it was handed."""

    def __init__(self, world: World) -> None:
        self.worker = WorkerId(uuid7())
        self.drain = Drain()
        self.user: UserId | None = None
        self._world = world

    async def run(self) -> None:
        self.user = await wait_for_user(self.worker, self._world.ports, drain=self.drain)

    async def until_ready(self) -> None:
        while not await self._world.bus.pool.ready():  # noqa: ASYNC110 - nobody announces it
            await anyio.sleep(0.002)


async def test_a_ready_worker_is_handed_the_user() -> None:
    async with a_world(PACE) as world:
        waiting = Waiting(world)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(waiting.run)
            await waiting.until_ready()

            await world.bus.pool.claim(world.user)

        assert waiting.user == world.user


async def test_a_worker_that_is_told_to_leave_takes_its_offer_back() -> None:
    async with a_world(PACE) as world:
        waiting = Waiting(world)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(waiting.run)
            await waiting.until_ready()

            waiting.drain.begin("SIGTERM")

        assert waiting.user is None
        assert await world.bus.pool.ready() == 0
        assert not await world.store.queries.workers(None)


async def test_a_user_handed_over_while_the_worker_leaves_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_world(PACE) as world:
        waiting = Waiting(world)
        withdraw = world.bus.pool.withdraw

        async def be_claimed_first(worker: WorkerId) -> None:
            await world.bus.pool.claim(world.user)
            await withdraw(worker)

        monkeypatch.setattr(world.bus.pool, "withdraw", be_claimed_first)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(waiting.run)
            await waiting.until_ready()

            waiting.drain.begin("SIGTERM")

        assert waiting.user == world.user
