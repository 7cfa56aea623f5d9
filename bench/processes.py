"""A process of ours, started as its user starts it, and ended with whoever measures it."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import STDOUT
from typing import TYPE_CHECKING

import anyio

from infra.local.supervising.supervisor import SHIM

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from anyio.abc import Process

_KILLED_WITH_US = "9"
_NO_FOLDER = ""
_COMPILES_NOTHING = "PYTHONDONTWRITEBYTECODE"
_STOP_WITHIN = 20.0
_READY_WITHIN = 30.0
_LOOK = 0.02
_LAST_WORDS = 2_000


class NotReadyError(Exception):
    """What a case needs did not come up, or went away; its last words are in the message."""


class Running:
    """A process that runs.

    Attributes:
        pid: Its id, by which its time and memory are read.
    """

    def __init__(self, process: Process, output: Path) -> None:
        self._process = process
        self._output = output
        self.pid = process.pid

    async def until(self, is_so: Callable[[], Awaitable[bool]], *, every: float = _LOOK) -> None:
        """Wait for something that the process shall bring about, and look for it this often.

        Raises:
            NotReadyError: It did not within 30 s, or the process ended.
        """
        with anyio.move_on_after(_READY_WITHIN):
            while self._process.returncode is None:
                if await is_so():
                    return
                await anyio.sleep(every)
        raise NotReadyError(self._output.read_text(errors="replace")[-_LAST_WORDS:])


@asynccontextmanager
async def running(*arguments: str, environment: Mapping[str, str]) -> AsyncGenerator[Running]:
    """Run `python ARGUMENTS` while the context is open; what it says goes to a file.

    What it imports is compiled for the next one, as an installation has it, whatever is said here.
    """
    told = {**os.environ, **environment}
    told.pop(_COMPILES_NOTHING, None)
    with tempfile.NamedTemporaryFile(prefix="fourpass-bench-", suffix=".log") as output:
        process = await anyio.open_process(
            [sys.executable, "-I", "-S", str(SHIM), str(os.getpid()), _KILLED_WITH_US, _NO_FOLDER,
             sys.executable, *arguments],
            stdout=output, stderr=STDOUT, env=told, start_new_session=True,
        )  # fmt: skip
        try:
            yield Running(process, Path(output.name))
        finally:
            with anyio.CancelScope(shield=True):
                await _end(process)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    with anyio.move_on_after(_STOP_WITHIN):
        await process.wait()
    if process.returncode is None:
        process.kill()
    await process.aclose()
