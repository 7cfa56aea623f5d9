"""What others see of a worker, from its claim to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from bus.topics import events_topic
from handlers.records.views import WorkerState
from tests.unit.worker_runtime.world import World, a_world

if TYPE_CHECKING:
    from bus.base import Broadcast

pytestmark = pytest.mark.anyio


async def states_of(world: World) -> list[str]:
    return [row.state for row in await world.store.queries.workers(world.user)]


async def until_seen(world: World, *states: str) -> None:
    """Wait until the worker was in these states, one after the other; woken as a stream is."""
    broadcast: Broadcast = world.bus.broadcast
    async with broadcast.listen(events_topic(world.user)) as news:
        for state in states:
            while await states_of(world) != [state]:
                with anyio.move_on_after(0.05):
                    await anext(news)


async def test_a_claimed_worker_becomes_active() -> None:
    async with a_world() as world, anyio.create_task_group() as tasks:
        tasks.start_soon(until_seen, world, WorkerState.CLAIMED, WorkerState.ACTIVE)
        async with world.served():
            await until_seen(world, WorkerState.ACTIVE)


async def test_a_worker_is_connecting_until_its_venue_answers() -> None:
    async with a_world() as world:
        account = await world.add_account()
        world.brokers[account].door = anyio.Event()
        order = await world.record(account)
        async with world.served():
            await until_seen(world, WorkerState.CONNECTING)
            world.brokers[account].door.set()
            await world.until(order)
            await until_seen(world, WorkerState.ACTIVE)


async def test_a_worker_is_processing_while_an_order_is_under_way() -> None:
    async with a_world() as world:
        account = await world.add_account()
        world.brokers[account].close_gate()
        order = await world.record(account)
        async with world.served():
            await until_seen(world, WorkerState.PROCESSING)
            world.brokers[account].gate.set()
            await world.until(order)
            await until_seen(world, WorkerState.ACTIVE)


async def test_a_worker_that_leaves_says_so_and_is_gone() -> None:
    async with a_world() as world:
        account = await world.add_account()
        world.brokers[account].close_gate()
        order = await world.record(account)
        async with anyio.create_task_group() as tasks:
            world.serve(tasks)
            await until_seen(world, WorkerState.PROCESSING)
            world.drain.begin("test")
            await until_seen(world, WorkerState.DRAINING)
            world.brokers[account].gate.set()
        await world.until(order)

        assert await states_of(world) == []


async def test_every_change_comes_into_the_users_stream() -> None:
    async with a_world() as world:
        async with world.served():
            await until_seen(world, WorkerState.ACTIVE)
        await world.until_left()

        entries = await world.store.queries.stream_after(world.user, 0, limit=50)
        assert [entry.kind for entry in entries].count("worker") >= 3
