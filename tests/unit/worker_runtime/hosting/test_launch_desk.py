"""Asking a host for workers over its socket, and what comes of it."""

from __future__ import annotations

import shutil
import socket
import stat
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.values import UserId, WorkerId
from handlers.launcher.base import LauncherUnavailableError
from handlers.launcher.remote import RemoteLauncher
from handlers.launcher.wire import Changed, Running, Stop
from tests.unit.worker_runtime.hosting.fake_zygote import FakeZygote, a_child, a_launcher
from worker_runtime.hosting.launch_desk import DeskTakenError, LaunchDesk

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from handlers.launcher.local import LocalLauncher

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "launcher.sock"


async def until_answered(path: Path) -> None:
    while True:
        try:
            await RemoteLauncher(str(path)).list()
        except LauncherUnavailableError:
            await anyio.sleep(0.005)
        else:
            return


@asynccontextmanager
async def a_desk(path: Path) -> AsyncGenerator[tuple[RemoteLauncher, FakeZygote, LocalLauncher]]:
    async with a_launcher() as (launcher, zygote), anyio.create_task_group() as tasks:
        zygote.say(Running(children=()))
        tasks.start_soon(LaunchDesk(launcher, str(path), look_every=0.005).run)
        await until_answered(path)
        yield RemoteLauncher(str(path)), zygote, launcher
        tasks.cancel_scope.cancel()


async def test_a_launch_returns_who_was_forked(path: Path) -> None:
    worker, user = WorkerId(uuid7()), UserId(uuid7())
    async with a_desk(path) as (remote, zygote, _), anyio.create_task_group() as tasks:
        tasks.start_soon(zygote.fork)

        task = await remote.launch(worker, user)

        assert (task.worker_id, task.user_id, task.ref) == (worker, user, "4711")


async def test_what_runs_is_told(path: Path) -> None:
    async with a_desk(path) as (remote, zygote, launcher):
        zygote.say(Changed(child=(child := a_child(user=UserId(uuid7())))))
        await launcher.changed()

        [task] = await remote.list()

        assert (task.worker_id, task.user_id) == (child.worker_id, child.user_id)


async def test_a_worker_is_stopped(path: Path) -> None:
    async with a_desk(path) as (remote, zygote, launcher):
        zygote.say(Changed(child=(child := a_child())))
        await launcher.changed()
        [task] = await remote.list()

        await remote.stop(task)

        assert await zygote.hear() == Stop(worker_id=child.worker_id)


async def test_stopping_who_is_gone_is_fine(path: Path) -> None:
    async with a_desk(path) as (remote, zygote, launcher):
        zygote.say(Changed(child=a_child()))
        await launcher.changed()
        [task] = await remote.list()
        zygote.say(Running(children=()))
        await launcher.changed()

        await remote.stop(task)


async def test_many_callers_are_served_side_by_side(path: Path) -> None:
    async with a_desk(path) as (remote, zygote, _):
        async with anyio.create_task_group() as callers:
            for _ in range(5):
                callers.start_soon(remote.launch, WorkerId(uuid7()), None)
            for _ in range(5):
                await zygote.fork()

        assert len(await remote.list()) == 5


async def test_a_host_that_cannot_fork_is_unavailable(path: Path) -> None:
    async with a_desk(path) as (remote, zygote, _):
        zygote.die()
        with pytest.raises(LauncherUnavailableError):
            await remote.launch(WorkerId(uuid7()), None)


async def test_words_that_make_no_sense_end_the_conversation_and_nothing_else(path: Path) -> None:
    async with a_desk(path) as (remote, _, __):
        async with await anyio.connect_unix(path) as stream:
            await stream.receive()
            await stream.send(b"{]\n")
            with pytest.raises(anyio.EndOfStream):
                await stream.receive()

        assert await remote.list() == []


async def test_only_this_user_may_open_the_socket(path: Path) -> None:
    async with a_desk(path):
        socket_mode = (await anyio.Path(path).stat()).st_mode
        folder_mode = (await anyio.Path(path.parent).stat()).st_mode

    assert stat.S_IMODE(socket_mode) == 0o600
    assert stat.S_IMODE(folder_mode) == 0o700


async def test_what_a_killed_host_left_is_in_nobodys_way(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    async with a_launcher() as (launcher, zygote), anyio.create_task_group() as tasks:
        zygote.say(Running(children=()))
        tasks.start_soon(LaunchDesk(launcher, str(path)).run)
        await until_answered(path)
        assert await RemoteLauncher(str(path)).list() == []
        tasks.cancel_scope.cancel()


async def test_a_socket_that_was_deleted_is_made_anew(path: Path) -> None:
    async with a_desk(path) as (remote, _, __):
        shutil.rmtree(path.parent)
        with anyio.fail_after(10):
            await until_answered(path)

        assert await remote.list() == []


async def test_two_hosts_do_not_share_a_socket(path: Path) -> None:
    async with a_desk(path) as (remote, _, launcher):
        with pytest.raises(DeskTakenError):
            await LaunchDesk(launcher, str(path)).run()

        assert await remote.list() == []
