"""Launches workers on this machine by asking the process that forks them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, assert_never

import anyio
from typing_extensions import override

from handlers.launcher.base import Launcher, LauncherUnavailableError, Task
from handlers.launcher.wire import (
    Buried,
    Changed,
    Child,
    Closing,
    Ended,
    Launch,
    Line,
    Lines,
    News,
    Running,
    Stop,
    read_news,
    write,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from bus.values import UserId, WorkerId

_START_PATIENCE = 5.0
_CHUNK_BYTES = 65_536


class LocalLauncher(Launcher):
    """Knows the zygote's workers by what it tells. `run` must be running.

    Attributes:
        ended: The workers that ended, each once, for whoever cleans up after them.
    """

    def __init__(self, zygote: socket.socket) -> None:
        zygote.settimeout(0)
        self._zygote = zygote
        self._children: dict[WorkerId, Child] = {}
        self._changed = anyio.Event()
        self._writing = anyio.Lock()
        self._is_closing = False
        self._ended, self.ended = anyio.create_memory_object_stream[Ended](math.inf)

    @property
    def is_closing(self) -> bool:
        """Everything is being stopped; nothing more is started."""
        return self._is_closing

    @property
    def children(self) -> Sequence[Child]:
        """The workers that run, as far as they are known here."""
        return tuple(self._children.values())

    async def changed(self) -> None:
        """Wait until the zygote tells something."""
        await self._changed.wait()

    async def closing(self) -> None:
        """Wait until everything is being stopped."""
        while not self._is_closing:
            await self._changed.wait()

    async def run(self) -> None:
        """Take in what the zygote tells, until it is gone."""
        lines = Lines()
        with self._ended:
            while received := await self._receive():
                for line in lines.feed(received):
                    self._take(read_news(line))
            self._take(Closing())

    @override
    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        if worker not in self._children:
            await self._send(Launch(worker_id=worker, user_id=user))
        with anyio.move_on_after(_START_PATIENCE):
            while worker not in self._children:
                await self._changed.wait()
        if worker not in self._children:
            raise LauncherUnavailableError("no worker was forked in time")
        return _task(self._children[worker])

    @override
    async def stop(self, task: Task) -> None:
        await self._send(Stop(worker_id=task.worker_id))

    async def bury(self, worker: WorkerId) -> None:
        """Say that all is done that a worker's end asked for; a later host hears of it no more."""
        await self._send(Buried(worker_id=worker))

    @override
    async def list(self) -> Sequence[Task]:
        return [_task(child) for child in self._children.values()]

    async def _receive(self) -> bytes:
        await anyio.wait_readable(self._zygote)
        try:
            return self._zygote.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return await self._receive()
        except OSError:
            return b""

    async def _send(self, line: Line) -> None:
        rest = write(line)
        async with self._writing:
            with anyio.CancelScope(shield=True):
                while rest:
                    await anyio.wait_writable(self._zygote)
                    try:
                        rest = rest[self._zygote.send(rest) :]
                    except OSError as error:
                        raise LauncherUnavailableError("the zygote is gone") from error

    def _take(self, news: News) -> None:
        match news:
            case Running(children=children):
                self._children = {child.worker_id: child for child in children}
            case Changed(child=child):
                self._children[child.worker_id] = child
            case Ended(child=child):
                self._children.pop(child.worker_id, None)
                self._ended.send_nowait(news)
            case Closing():
                self._is_closing = True
            case _:
                assert_never(news)
        self._changed.set()
        self._changed = anyio.Event()


def _task(child: Child) -> Task:
    return Task(
        worker_id=child.worker_id,
        user_id=child.user_id,
        ref=str(child.pid),
        started_at=child.started_at,
    )
