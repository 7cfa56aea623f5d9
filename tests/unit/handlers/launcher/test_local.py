"""The local launcher, over a socket whose other end the test holds as the zygote does."""

from __future__ import annotations

import socket

import anyio
import pytest
from anyio.lowlevel import checkpoint

from bus.ids import uuid7
from bus.values import UserId, WorkerId
from handlers.launcher.base import LauncherUnavailableError
from handlers.launcher.local import LocalLauncher
from handlers.launcher.wire import Buried, Changed, Closing, Launch, Running, Stop, write
from tests.unit.worker_runtime.hosting.fake_zygote import a_child, a_launcher, until_known

pytestmark = pytest.mark.anyio


async def test_a_launch_returns_when_the_process_is_there() -> None:
    async with a_launcher() as (launcher, zygote), anyio.create_task_group() as tasks:
        worker, user = WorkerId(uuid7()), UserId(uuid7())

        async def answer() -> None:
            order = await zygote.hear()
            assert order == Launch(worker_id=worker, user_id=user)
            zygote.say(Changed(child=a_child(worker, user)))

        tasks.start_soon(answer)
        task = await launcher.launch(worker, user)

        assert task.ref == "4711"


async def test_a_process_that_ends_at_once_was_launched_all_the_same() -> None:
    async with a_launcher() as (launcher, zygote), anyio.create_task_group() as tasks:
        worker = WorkerId(uuid7())

        async def answer() -> None:
            await zygote.hear()
            child = a_child(worker)
            zygote.say(Changed(child=child))
            zygote.end(child, code=1)

        tasks.start_soon(answer)
        task = await launcher.launch(worker, None)

        assert task.worker_id == worker


async def test_launching_what_runs_asks_for_nothing() -> None:
    async with a_launcher() as (launcher, zygote):
        child = a_child()
        zygote.say(Running(children=(child,)))
        await until_known(launcher, 1)

        await launcher.launch(child.worker_id, None)
        await launcher.stop((await launcher.list())[0])

        assert await zygote.hear() == Stop(worker_id=child.worker_id)


async def test_a_host_that_comes_later_learns_what_runs_already() -> None:
    async with a_launcher() as (launcher, zygote):
        zygote.say(Running(children=(a_child(), a_child())))

        await until_known(launcher, 2)


async def test_an_ended_worker_is_listed_no_more_and_told_once() -> None:
    async with a_launcher() as (launcher, zygote):
        child = a_child()
        zygote.say(Changed(child=child))

        zygote.end(child, code=-9)

        ended = await launcher.next_ended()
        assert ended is not None
        assert ended.code == -9
        assert not await launcher.list()


async def test_closing_is_heard() -> None:
    async with a_launcher() as (launcher, zygote):
        zygote.say(Closing())

        await launcher.closing()


async def test_a_dead_zygote_is_told_as_such() -> None:
    async with a_launcher() as (launcher, zygote):
        zygote.die()
        await launcher.closing()

        with pytest.raises(LauncherUnavailableError):
            await launcher.launch(WorkerId(uuid7()), None)


async def test_news_arrive_whole_however_they_are_cut() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        launcher = LocalLauncher(ours)
        said = write(Changed(child=a_child())) + write(Changed(child=a_child()))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(launcher.run)
            for n in range(0, len(said), 7):
                theirs.sendall(said[n : n + 7])
                await checkpoint()
            await until_known(launcher, 2)
            tasks.cancel_scope.cancel()


async def test_a_burial_is_told_to_the_zygote() -> None:
    async with a_launcher() as (launcher, zygote):
        worker = WorkerId(uuid7())

        await launcher.bury(worker)

        assert await zygote.hear() == Buried(worker_id=worker)
