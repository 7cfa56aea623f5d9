"""The local launcher, over a socket whose other end the test holds as the zygote does."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.lowlevel import checkpoint

from bus.ids import uuid7
from bus.values import UserId, WorkerId
from handlers.launcher.base import LauncherUnavailableError
from handlers.launcher.local import LocalLauncher
from handlers.launcher.wire import (
    Changed,
    Child,
    Closing,
    Ended,
    Launch,
    Line,
    Lines,
    Order,
    Running,
    Stop,
    read_order,
    write,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio


def a_child(worker: WorkerId | None = None, user: UserId | None = None) -> Child:
    return Child(
        worker_id=worker or WorkerId(uuid7()),
        user_id=user,
        epoch=None,
        pid=4711,
        started_at=datetime.now(UTC),
    )


class Zygote:
    """The other end."""

    def __init__(self, line: socket.socket) -> None:
        line.settimeout(0)
        self._line = line
        self._lines = Lines()

    def say(self, line: Line) -> None:
        self._line.sendall(write(line))

    async def hear(self) -> Order:
        while True:
            await anyio.wait_readable(self._line)
            for line in self._lines.feed(self._line.recv(4096)):
                return read_order(line)

    def die(self) -> None:
        self._line.close()


@asynccontextmanager
async def a_launcher() -> AsyncGenerator[tuple[LocalLauncher, Zygote]]:
    ours, theirs = socket.socketpair()
    with ours, theirs, anyio.fail_after(5):
        launcher, zygote = LocalLauncher(ours), Zygote(theirs)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(launcher.run)
            yield launcher, zygote
            tasks.cancel_scope.cancel()
    launcher.ended.close()


async def until_known(launcher: LocalLauncher, count: int) -> None:
    with anyio.fail_after(5):
        while len(await launcher.list()) < count:
            await launcher.changed()


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

        zygote.say(Ended(child=child, code=-9, lived_s=1.0))

        assert (await launcher.ended.receive()).code == -9
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
    launcher.ended.close()
