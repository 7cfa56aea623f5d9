"""The pool is kept full, and looking at it twice starts nothing twice."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.values import UserId
from handlers.launcher.wire import Changed, Closing, Ended
from tests.unit.worker_runtime.fake_zygote import FakeZygote, a_child, a_launcher
from worker_runtime.keeper import PoolKeeper
from worker_runtime.pace import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio

FAST = Pace(settle_in=0.001, shortest_pause=0.2)


@asynccontextmanager
async def a_keeper(size: int) -> AsyncGenerator[tuple[PoolKeeper, FakeZygote]]:
    async with a_launcher() as (launcher, zygote), anyio.create_task_group() as tasks:
        keeper = PoolKeeper(launcher, size=size, pace=FAST)
        tasks.start_soon(keeper.run)
        yield keeper, zygote
        tasks.cancel_scope.cancel()


async def test_an_empty_pool_is_filled_to_its_size() -> None:
    async with a_keeper(2) as (_, zygote):
        first, second = await zygote.fork(), await zygote.fork()

        assert (first.user_id, second.user_id) == (None, None)


async def test_a_worker_that_was_handed_over_is_replaced() -> None:
    async with a_keeper(1) as (_, zygote):
        child = await zygote.fork()

        zygote.say(Changed(child=a_child(child.worker_id, UserId(uuid7()))))

        assert (await zygote.fork()).worker_id != child.worker_id


async def test_a_full_pool_is_left_alone() -> None:
    async with a_keeper(1) as (_, zygote):
        await zygote.fork()

        with anyio.move_on_after(0.05) as patience:
            await zygote.hear()

        assert patience.cancelled_caught


async def test_a_worker_that_dies_in_the_pool_is_replaced_less_eagerly() -> None:
    async with a_keeper(1) as (keeper, zygote):
        child = await zygote.fork()
        died_at = anyio.current_time()

        keeper.note(Ended(child=child, code=1, lived_s=0.1))
        zygote.end(child, code=1)

        await zygote.fork()
        assert anyio.current_time() - died_at >= FAST.shortest_pause


async def test_nothing_is_started_while_everything_stops() -> None:
    async with a_keeper(1) as (_, zygote):
        child = await zygote.fork()
        zygote.say(Closing())
        zygote.end(child, code=0)

        with anyio.move_on_after(0.05) as patience:
            await zygote.hear()

        assert patience.cancelled_caught
