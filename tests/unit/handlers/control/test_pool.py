"""As many warm workers as are wanted, none of them old."""

from __future__ import annotations

from datetime import timedelta

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.messages import KeepPool
from bus.values import HOUSE, WorkerId
from handlers.control.pool import OLDEST, keep_pool, plan_pool
from handlers.launcher.base import Task
from tests.builders import START
from tests.unit.handlers.control.control_places import a_place, a_worker_id

pytestmark = pytest.mark.anyio

KEEP = KeepPool(user_id=HOUSE)
_AGES = st.timedeltas(timedelta(0), timedelta(days=3))


@given(
    st.lists(st.tuples(_AGES, st.sampled_from(["new", "old"]))),
    st.integers(min_value=0, max_value=8),
)
def test_a_pool_that_was_kept_has_its_size_and_nothing_old(
    members: list[tuple[timedelta, str]], size: int
) -> None:
    tasks = [
        Task(worker_id=a_worker_id(), user_id=None, ref="", started_at=START - age, version=version)
        for age, version in members
    ]

    plan = plan_pool(tasks, size=size, now=START, version="new")

    retired = {task.worker_id for task in plan.retire}
    kept = [task for task in tasks if task.worker_id not in retired]
    assert len(kept) + plan.start == size
    assert all(task.version == "new" and START - task.started_at < OLDEST for task in kept)


async def test_what_is_missing_is_started() -> None:
    async with a_place(pool_size=3) as place:
        await keep_pool(KEEP, place.services)

        assert [task.user_id for task in await place.launcher.list()] == [None] * 3


async def test_turns_at_the_same_time_start_nothing_twice() -> None:
    async with a_place(pool_size=3) as place, anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(keep_pool, KEEP, place.services)

    assert len(place.launcher.running) == 3


async def test_one_that_was_claimed_is_replaced_though_the_launcher_does_not_know() -> None:
    async with a_place(pool_size=1) as place:
        await keep_pool(KEEP, place.services)
        [worker] = place.launcher.running
        await place.seen(worker, await place.house.user(), state="claimed")

        await keep_pool(KEEP, place.services)

        assert len(place.launcher.running) == 2
        assert worker in place.launcher.running


async def test_a_day_old_member_is_replaced_and_can_be_claimed_no_more() -> None:
    async with a_place(pool_size=1) as place:
        await keep_pool(KEEP, place.services)
        [old] = place.launcher.running
        await place.services.pool.offer(old)
        await place.later(OLDEST.total_seconds())
        await place.services.pool.offer(old)

        await keep_pool(KEEP, place.services)

        assert len(place.launcher.running) == 1
        assert old not in place.launcher.running
        assert await place.services.pool.claim(await place.house.user()) is None


async def test_members_of_an_old_version_are_replaced() -> None:
    async with a_place(pool_size=2) as place:
        await keep_pool(KEEP, place.services)
        place.launcher.newest = "2"

        await keep_pool(KEEP, place.services)

        assert [task.version for task in await place.launcher.list()] == ["2", "2"]


async def test_workers_with_a_user_are_nobodys_to_send_away() -> None:
    async with a_place(pool_size=0) as place:
        user = await place.house.user()
        await place.launcher.launch(WorkerId(a_worker_id()), user)
        await place.later(2 * OLDEST.total_seconds())

        await keep_pool(KEEP, place.services)

        assert len(place.launcher.running) == 1
