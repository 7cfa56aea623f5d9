"""What a launcher promises, whoever runs the processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.values import UserId, WorkerId

if TYPE_CHECKING:
    from handlers.launcher.base import Launcher, Task

pytestmark = pytest.mark.anyio


def a_worker() -> WorkerId:
    return WorkerId(uuid7())


async def test_a_launched_worker_runs_for_its_user(launcher: Launcher) -> None:
    worker, user = a_worker(), UserId(uuid7())

    task = await launcher.launch(worker, user)

    assert (task.worker_id, task.user_id) == (worker, user)
    assert await launcher.list() == [task]


async def test_a_worker_for_the_pool_has_no_user(launcher: Launcher) -> None:
    await launcher.launch(a_worker(), None)
    (running,) = await launcher.list()

    assert running.user_id is None


async def test_launching_again_starts_no_second_process(launcher: Launcher) -> None:
    worker, user = a_worker(), UserId(uuid7())
    first = await launcher.launch(worker, user)

    assert await launcher.launch(worker, user) == first
    assert len(await launcher.list()) == 1


async def test_each_worker_is_a_process_of_its_own(launcher: Launcher) -> None:
    workers = [a_worker() for _ in range(3)]
    for worker in workers:
        await launcher.launch(worker, None)

    assert {task.worker_id for task in await launcher.list()} == set(workers)


async def test_a_stopped_worker_is_gone_and_the_others_stay(launcher: Launcher) -> None:
    stopped = await launcher.launch(a_worker(), None)
    other = await launcher.launch(a_worker(), None)

    await launcher.stop(stopped)

    assert await _until_one_is_left(launcher) == [other]


async def test_stopping_a_worker_that_is_gone_is_fine(launcher: Launcher) -> None:
    task = await launcher.launch(a_worker(), None)
    await launcher.stop(task)

    await launcher.stop(task)


async def test_a_start_is_told_in_aware_time(launcher: Launcher) -> None:
    task = await launcher.launch(a_worker(), None)

    assert abs(datetime.now(UTC) - task.started_at) < timedelta(minutes=1)


async def _until_one_is_left(launcher: Launcher) -> list[Task]:
    running = await launcher.list()
    for _ in range(500):
        if len(running) == 1:
            break
        await anyio.sleep(0.01)
        running = await launcher.list()
    return list(running)
