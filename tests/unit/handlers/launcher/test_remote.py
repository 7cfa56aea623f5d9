"""A host that gives no proper answer counts as one that cannot be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.values import WorkerId
from handlers.launcher.base import LauncherUnavailableError
from handlers.launcher.remote import RemoteLauncher
from handlers.launcher.wire import Closing, Running, write

if TYPE_CHECKING:
    from pathlib import Path

    from anyio.abc import SocketStream

pytestmark = pytest.mark.anyio


async def test_a_host_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(LauncherUnavailableError, match="FileNotFoundError"):
        await RemoteLauncher(str(tmp_path / "nothing.sock")).list()


@pytest.mark.parametrize("words", [b"", b"{]\n", write(Closing())])
async def test_a_host_that_does_not_say_what_runs_is_unavailable(
    tmp_path: Path, words: bytes
) -> None:
    path = tmp_path / "host.sock"

    async def say(caller: SocketStream) -> None:
        async with caller:
            await caller.send(words)

    listener = await anyio.create_unix_listener(path)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, say)
        with pytest.raises(LauncherUnavailableError):
            await RemoteLauncher(str(path)).list()
        tasks.cancel_scope.cancel()


async def test_a_host_that_answers_a_launch_with_something_else_forked_nobody(
    tmp_path: Path,
) -> None:
    path = tmp_path / "host.sock"

    async def say(caller: SocketStream) -> None:
        async with caller:
            await caller.send(write(Running(children=())))
            await caller.receive()
            await caller.send(write(Running(children=())))

    listener = await anyio.create_unix_listener(path)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, say)
        with pytest.raises(LauncherUnavailableError, match="forked no worker"):
            await RemoteLauncher(str(path)).launch(WorkerId(uuid7()), None)
        tasks.cancel_scope.cancel()
