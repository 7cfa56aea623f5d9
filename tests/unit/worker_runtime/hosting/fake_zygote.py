"""The other end of a launcher's line, held by a test as the zygote holds it."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio

from bus.ids import uuid7
from bus.values import UserId, WorkerId
from handlers.launcher.local import LocalLauncher
from handlers.launcher.wire import (
    Changed,
    Child,
    Ended,
    Instruction,
    Launch,
    Line,
    Lines,
    Stop,
    read_instruction,
    write,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


def a_child(
    worker: WorkerId | None = None, user: UserId | None = None, epoch: int | None = None
) -> Child:
    return Child(
        worker_id=worker or WorkerId(uuid7()),
        user_id=user,
        epoch=epoch,
        pid=4711,
        started_at=datetime.now(UTC),
    )


class FakeZygote:
    """The other end."""

    def __init__(self, line: socket.socket) -> None:
        line.settimeout(0)
        self._line = line
        self._lines = Lines()
        self._heard: list[bytes] = []

    def say(self, line: Line) -> None:
        self._line.sendall(write(line))

    async def hear(self) -> Instruction:
        while not self._heard:
            await anyio.wait_readable(self._line)
            self._heard += self._lines.feed(self._line.recv(4096))
        return read_instruction(self._heard.pop(0))

    async def fork(self) -> Child:
        """Hear a launch and do as told."""
        order = await self.hear()
        assert isinstance(order, Launch)
        child = a_child(order.worker_id, order.user_id)
        self.say(Changed(child=child))
        return child

    async def obey(self) -> None:
        """Do all that is asked, for good: start workers, and end those that are to stop."""
        children: dict[WorkerId, Child] = {}
        while True:
            match await self.hear():
                case Launch(worker_id=worker, user_id=user):
                    children[worker] = a_child(worker, user)
                    self.say(Changed(child=children[worker]))
                case Stop(worker_id=worker) if worker in children:
                    self.end(children.pop(worker), code=0)
                case _:
                    continue

    def end(self, child: Child, *, code: int = -9, lived_s: float = 1.0) -> None:
        """Tell that a worker ended."""
        self.say(Ended(child=child, code=code, lived_s=lived_s))

    def die(self) -> None:
        self._line.close()


@asynccontextmanager
async def a_launcher() -> AsyncGenerator[tuple[LocalLauncher, FakeZygote]]:
    ours, theirs = socket.socketpair()
    with ours, theirs, anyio.fail_after(5):
        launcher, zygote = LocalLauncher(ours), FakeZygote(theirs)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(launcher.run)
            yield launcher, zygote
            tasks.cancel_scope.cancel()


async def until_known(launcher: LocalLauncher, count: int) -> None:
    with anyio.fail_after(5):
        while len(await launcher.list()) < count:
            await launcher.changed()
