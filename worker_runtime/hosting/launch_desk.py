"""Where the control plane asks this host for workers: a socket that speaks the launcher's lines.

Whoever may open the socket may start workers; its folder and itself are for this user alone.
"""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import anyio
import msgspec

from handlers.launcher.base import LauncherUnavailableError, Task
from handlers.launcher.wire import (
    Buried,
    Changed,
    Child,
    Instruction,
    Launch,
    Line,
    Lines,
    Running,
    Stop,
    read_instruction,
    write,
)

if TYPE_CHECKING:
    from anyio.abc import SocketStream

    from handlers.launcher.local import LocalLauncher

_FOR_US_ALONE = 0o600
_FOLDER_FOR_US_ALONE = 0o700
_LOOK_EVERY = 1.0

_log = logging.getLogger(__name__)


class DeskTakenError(Exception):
    """Another host serves this socket; two would share one name."""


class LaunchDesk:
    """Tells each caller what runs, then does what it asks for."""

    def __init__(
        self, launcher: LocalLauncher, path: str, *, look_every: float = _LOOK_EVERY
    ) -> None:
        self._launcher = launcher
        self._path = Path(path)
        self._look_every = look_every

    async def run(self) -> None:
        """Serve until cancelled; a socket that somebody took away is made anew.

        Raises:
            DeskTakenError: Another host serves here.
        """
        await self._launcher.told()
        while True:
            self._make_room()
            await self._serve_while_found()
            _log.warning("launch_desk_lost", extra={"path": os.fspath(self._path)})

    async def _serve_while_found(self) -> None:
        """Serve until callers cannot find this socket any more."""
        async with await anyio.create_unix_listener(self._path, mode=_FOR_US_ALONE) as listener:
            ours = self._identity()
            try:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(listener.serve, self._serve)
                    while self._identity() == ours:  # noqa: ASYNC110 - nobody tells of it
                        await anyio.sleep(self._look_every)
                    tasks.cancel_scope.cancel()
            finally:
                if self._identity() == ours:
                    self._path.unlink(missing_ok=True)

    def _identity(self) -> tuple[int, int] | None:
        """Return what tells the file at the path from any other; `None` where there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _make_room(self) -> None:
        """Make the folder; what a killed host left at the path is nobody's any more."""
        self._path.parent.mkdir(mode=_FOLDER_FOR_US_ALONE, parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.connect(os.fspath(self._path))
            raise DeskTakenError(os.fspath(self._path))

    async def _serve(self, caller: SocketStream) -> None:
        lines = Lines()
        async with caller:
            with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
                await caller.send(write(self._running()))
                while True:
                    for line in lines.feed(await caller.receive()):
                        answer = await self._answer(line)
                        if answer is None:
                            return
                        await caller.send(write(answer))

    async def _answer(self, line: bytes) -> Line | None:
        """Do what a line asks for; `None` ends the conversation: it was not done."""
        try:
            return await self._obey(read_instruction(line))
        except (LauncherUnavailableError, msgspec.MsgspecError) as error:
            _log.warning("launch_refused", extra={"why": f"{type(error).__name__}: {error}"})
            return None

    async def _obey(self, instruction: Instruction) -> Line:
        match instruction:
            case Launch(worker_id=worker, user_id=user):
                return Changed(child=self._child(await self._launcher.launch(worker, user)))
            case Stop(worker_id=worker):
                for task in await self._launcher.list():
                    if task.worker_id == worker:
                        await self._launcher.stop(task)
                return self._running()
            case Buried():
                return self._running()
            case _:
                assert_never(instruction)

    def _running(self) -> Running:
        return Running(children=tuple(self._launcher.children))

    def _child(self, task: Task) -> Child:
        """Describe who was started; it may have ended already."""
        known = {child.worker_id: child for child in self._launcher.children}
        started = Child(
            worker_id=task.worker_id,
            user_id=task.user_id,
            epoch=None,
            pid=int(task.ref),
            started_at=task.started_at,
        )
        return known.get(task.worker_id, started)
