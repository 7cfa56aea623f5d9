"""Looks at processes and parts from outside, and waits for what they become."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import psutil

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.supervising.parts import Part, PartState


async def until(is_so: Callable[[], bool], *, within_s: float = 15.0) -> None:
    """Wait until something is so; time out otherwise."""
    with anyio.fail_after(within_s):
        while not is_so():  # noqa: ASYNC110 - other processes set no event of ours
            await anyio.sleep(0.01)


async def until_state(part: Part, state: PartState, *, other_than: int | None = None) -> None:
    """Wait until the part is in this state, as another process than before."""
    await until(lambda: part.state is state and part.pid != other_than)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def command_line(pid: int) -> str:
    """Return what anybody can read about how a process was started."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def permissions(path: Path) -> int:
    """Return a file's mode bits."""
    return os.stat(path).st_mode & 0o777  # noqa: PTH116 - Path.stat follows the same rules; shorter
