"""Launches workers by asking the host that forks them, over its socket; each request is one call.

Nothing is kept between two requests: a host that was started anew is simply asked next time.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
import msgspec
from typing_extensions import override

from handlers.launcher.base import Launcher, LauncherUnavailableError, Task
from handlers.launcher.wire import (
    Changed,
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
    from collections.abc import AsyncGenerator, Sequence

    from anyio.abc import ByteStream

    from bus.values import UserId, WorkerId

# Longer than the host itself waits for a fork.
_PATIENCE = 7.0
_FAULTS = (
    OSError,
    TimeoutError,
    anyio.EndOfStream,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    msgspec.MsgspecError,
)


class RemoteLauncher(Launcher):
    """Speaks to `worker_runtime.hosting.launch_desk` at a socket's path."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path

    @override
    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        async with self._call() as (call, _):
            match await call.ask(Launch(worker_id=worker, user_id=user)):
                case Changed(child=child):
                    return task_of(child)
                case _:
                    raise LauncherUnavailableError("the host forked no worker")

    @override
    async def stop(self, task: Task) -> None:
        async with self._call() as (call, _):
            await call.ask(Stop(worker_id=task.worker_id))

    @override
    async def list(self) -> Sequence[Task]:
        async with self._call() as (_, running):
            return [task_of(child) for child in running.children]

    @override
    async def version(self) -> str:
        # All are forked from one process: they run what it runs.
        return ""

    @asynccontextmanager
    async def _call(self) -> AsyncGenerator[tuple[_Call, Running]]:
        try:
            with anyio.fail_after(_PATIENCE):
                async with await anyio.connect_unix(self._path) as stream:
                    call = _Call(stream)
                    match await call.hear():
                        case Running() as running:
                            yield call, running
                            await call.end()
                        case _:
                            raise LauncherUnavailableError("the host does not say what runs")
        except _FAULTS as error:
            msg = f"the worker host gives no answer: {type(error).__name__}"
            raise LauncherUnavailableError(msg) from error


class _Call:
    """One conversation with the host."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._lines = Lines()

    async def ask(self, line: Line) -> News:
        """Say something and wait for the answer."""
        await self._stream.send(write(line))
        return await self.hear()

    async def end(self) -> None:
        """Say that this was all, and wait until the host has heard it."""
        await self._stream.send_eof()
        with suppress(anyio.EndOfStream):
            await self._stream.receive()

    async def hear(self) -> News:
        """Wait for the next line; the host never says two unasked."""
        while True:
            for line in self._lines.feed(await self._stream.receive()):
                return read_news(line)
