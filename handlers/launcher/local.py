"""Launches workers on this machine by asking the process that forks them."""

from __future__ import annotations

from collections import deque
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
    task_of,
    write,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from bus.values import UserId, WorkerId

_START_PATIENCE = 5.0
_CHUNK_BYTES = 65_536


class LocalLauncher(Launcher):
    """Knows the zygote's workers by what it tells. `run` must be running."""

    def __init__(self, zygote: socket.socket) -> None:
        zygote.settimeout(0)
        self._zygote = zygote
        self._children: dict[WorkerId, Child] = {}
        self._awaited: set[WorkerId] = set()
        self._started: dict[WorkerId, Child] = {}
        self._changed = anyio.Event()
        self._writing = anyio.Lock()
        self._has_claims = False
        self._is_told = False
        self._is_closing = False
        self._is_gone = False
        self._ended: deque[Ended] = deque()

    @property
    def is_closing(self) -> bool:
        """Everything is being stopped; nothing more is started."""
        return self._is_closing

    @property
    def children(self) -> Sequence[Child]:
        """The workers that run, as far as they are known here."""
        return tuple(self._children.values())

    async def told(self) -> None:
        """Wait until the zygote has told which workers run already."""
        while not self._is_told:
            await self._changed.wait()

    async def changed(self) -> None:
        """Wait until the zygote tells something."""
        await self._changed.wait()

    async def closing(self) -> None:
        """Wait until everything is being stopped."""
        while not self._is_closing:
            await self._changed.wait()

    async def claimed(self) -> None:
        """Wait until a worker without a user has got one; several since the last call are one."""
        while not self._has_claims:
            await self._changed.wait()
        self._has_claims = False

    async def run(self) -> None:
        """Take in what the zygote tells, until it is gone."""
        lines = Lines()
        while received := await self._receive():
            for line in lines.feed(received):
                self._take(read_news(line))
        self._is_gone = True
        self._take(Closing())

    async def next_ended(self) -> Ended | None:
        """Wait for the next worker's end; `None` when the zygote is gone and none is left."""
        while not self._ended and not self._is_gone:
            await self._changed.wait()
        return self._ended.popleft() if self._ended else None

    @override
    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        running = self._children.get(worker)
        if running is not None:
            return task_of(running)
        self._awaited.add(worker)
        try:
            await self._send(Launch(worker_id=worker, user_id=user))
            with anyio.move_on_after(_START_PATIENCE):
                while (started := self._started.pop(worker, None)) is None:
                    await self._changed.wait()
                return task_of(started)
        finally:
            self._awaited.discard(worker)
            self._started.pop(worker, None)
        raise LauncherUnavailableError("no worker was forked in time")

    @override
    async def stop(self, task: Task) -> None:
        await self._send(Stop(worker_id=task.worker_id))

    async def bury(self, worker: WorkerId) -> None:
        """Say that all is done that a worker's end asked for; a later host hears of it no more."""
        await self._send(Buried(worker_id=worker))

    @override
    async def list(self) -> Sequence[Task]:
        return [task_of(child) for child in self._children.values()]

    @override
    async def version(self) -> str:
        # All are forked from one process: they run what it runs.
        return ""

    async def _receive(self) -> bytes:
        while True:
            await anyio.wait_readable(self._zygote)
            try:
                return self._zygote.recv(_CHUNK_BYTES)
            except BlockingIOError:
                continue
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
                    except BlockingIOError:
                        continue
                    except OSError as error:
                        raise LauncherUnavailableError("the zygote is gone") from error

    def _take(self, news: News) -> None:
        match news:
            case Running(children=children):
                self._children = {child.worker_id: child for child in children}
                self._is_told = True
            case Changed(child=child):
                self._note_claim(child)
                self._children[child.worker_id] = child
                # Kept for who launched it: it may have ended before they look.
                if child.worker_id in self._awaited:
                    self._started[child.worker_id] = child
            case Ended(child=child):
                self._note_claim(child)
                self._children.pop(child.worker_id, None)
                self._ended.append(news)
            case Closing():
                self._is_closing = True
            case _:
                assert_never(news)
        self._changed.set()
        self._changed = anyio.Event()

    def _note_claim(self, child: Child) -> None:
        before = self._children.get(child.worker_id)
        if before is not None and before.user_id is None and child.user_id is not None:
            self._has_claims = True
