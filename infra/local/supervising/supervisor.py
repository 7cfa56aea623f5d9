"""Keeps a part's process running: starts it, says when it is ready, restarts it, ends it.

No part outlives the supervisor, however that dies (see the `shim`). A part that fails at its first
start is an error of whoever opens it; one that fails later is started again with a back-off.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import TYPE_CHECKING, cast

import anyio
import structlog
from anyio.streams.buffered import BufferedByteReceiveStream

from bus.values import SystemClock
from infra.local.errors import PartFailedError
from infra.local.supervising.output import pass_on
from infra.local.supervising.parts import Part, PartState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from anyio.abc import ByteReceiveStream, Process

    from bus.values import Clock
    from infra.local.supervising.parts import Command

SHIM = Path(__file__).with_name("shim.py")
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
PROVED_AFTER_S = 10.0
LONGEST_LINE_BYTES = 65_536
LAST_WORDS = 3
LAST_WORDS_WITHIN_S = 0.3

log: structlog.stdlib.BoundLogger = structlog.get_logger("supervisor")


def ignore(_: Part) -> None:
    """Tell nobody."""


async def nothing() -> None:
    """Prepare nothing."""


class Supervisor:
    """What keeps one part running."""

    def __init__(
        self,
        command: Command,
        *,
        clock: Clock | None = None,
        on_change: Callable[[Part], None] = ignore,
        before_start: Callable[[], Awaitable[None]] = nothing,
    ) -> None:
        self.clock = SystemClock() if clock is None else clock
        self.command = command
        self.part = Part(command.name, command.address, clock=self.clock, on_change=on_change)
        self._before_start = before_start
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self.started = anyio.Event()
        self._life = anyio.CancelScope(shield=True)

    async def keep_running(self) -> None:
        """Run the part until `stop`; `started` is set once, after its first start.

        Being cancelled from outside does not end it: parts end in the order in which their
        contexts close, so that nobody loses the store under a piece of work.

        Raises:
            PartFailedError: Its first start failed.
        """
        with self._life:
            await self._first_start_and_all_others()

    def stop(self) -> None:
        """Ask the part to end, and start it no more."""
        self._life.cancel()

    async def _first_start_and_all_others(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            began = self.clock.monotonic()
            code, was_ready = await self._live()
            if not self.started.is_set():
                self.part.become(PartState.FAILED)
                raise PartFailedError(self.command.name, self._why(code), code=code)
            if was_ready and self.clock.monotonic() - began > PROVED_AFTER_S:
                pause_s = FIRST_PAUSE_S
            log.warning("part_ended", part=self.command.name, code=code, restart_in_s=pause_s)
            self.part.become(PartState.RESTARTING)
            await anyio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _live(self) -> tuple[int | None, bool]:
        """Run the process once; return its exit code, and whether it had become ready.

        What the machine lacks for a start, room or memory, ends a life like any other: it may be
        there for the next one.
        """
        self._last_words.clear()
        try:
            await self._before_start()
            process = await self._spawn()
        except OSError as error:
            self._last_words.append(str(error))
            log.warning("part_not_started", part=self.command.name, why=str(error))
            return None, False
        self.part.become(PartState.STARTING, pid=process.pid)
        ready, silent = anyio.Event(), anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._listen, process, ready, silent)
            tasks.start_soon(self._announce, process, ready)
            try:
                await self._feed(process)
                await process.wait()
            finally:
                await self._end(process, silent)
                tasks.cancel_scope.cancel()
        return process.returncode, ready.is_set()

    async def _spawn(self) -> Process:
        command = self.command
        shim = [sys.executable, "-I", "-S", str(SHIM), str(os.getpid())]
        return await anyio.open_process(
            [*shim, str(int(command.death_signal)), command.own_folder, *command.argv],
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            env=command.environ,
            start_new_session=True,
            pass_fds=command.pass_fds,
        )

    async def _feed(self, process: Process) -> None:
        if process.stdin is not None:
            with suppress(anyio.BrokenResourceError):
                await process.stdin.send(self.command.standard_input)
            await process.stdin.aclose()

    async def _announce(self, process: Process, ready: anyio.Event) -> None:
        """Wait for readiness; a process that takes too long is killed, which ends its life."""
        if self.command.ready_line is None:
            ready.set()
        with anyio.move_on_after(self.command.ready_within_s) as patience:
            await ready.wait()
        if patience.cancelled_caught:
            self._last_words.append(f"not ready after {self.command.ready_within_s:g} s")
            kill_group(process.pid)
            return
        self.part.become(PartState.READY, pid=process.pid)
        log.info("part_ready", part=self.command.name, pid=process.pid)
        self.started.set()

    async def _listen(self, process: Process, ready: anyio.Event, silent: anyio.Event) -> None:
        """Read what the process says until its end, also while it is being stopped."""
        if process.stdout is None:
            return
        with anyio.CancelScope(shield=True):
            async for line in lines_of(process.stdout):
                self._last_words.append(line)
                pass_on(self.command, line)
                if self.command.ready_line is not None and self.command.ready_line in line:
                    ready.set()
        silent.set()

    async def _end(self, process: Process, silent: anyio.Event) -> None:
        """End the process and what is left of its group, whether or not we are cancelled."""
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                self.part.become(PartState.STOPPING, pid=process.pid)
                with suppress(ProcessLookupError):
                    process.send_signal(signal.Signals(self.command.stop_signal))
                with anyio.move_on_after(self.command.stop_within_s):
                    await process.wait()
            if process.returncode is None:
                log.warning("part_killed", part=self.command.name, pid=process.pid)
            kill_group(process.pid)
            await process.wait()
            with anyio.move_on_after(LAST_WORDS_WITHIN_S):
                await silent.wait()
            await process.aclose()
            self.part.become(PartState.STOPPED)

    def _why(self, code: int | None) -> str:
        said = "; ".join(line.strip() for line in self._last_words if line.strip())
        return said or f"it ended with exit code {code} and said nothing"


@asynccontextmanager
async def supervised(*supervisors: Supervisor) -> AsyncGenerator[Part]:
    """Run parts while the context is open, side by side; all are ready when entered.

    Being cancelled while a part starts ends it: the wait for it is not the part's own life.

    Yields:
        The first of them.

    Raises:
        PartFailedError: The first start of one failed; the others were ended.
    """
    async with starting(*supervisors):
        for supervisor in supervisors:
            await supervisor.started.wait()
        yield supervisors[0].part


@asynccontextmanager
async def starting(*supervisors: Supervisor) -> AsyncGenerator[None]:
    """Run parts while the context is open, without waiting for their first start.

    Raises:
        PartFailedError: The first start of one failed; the others were ended.
    """
    try:
        async with anyio.create_task_group() as tasks:
            try:
                for supervisor in supervisors:
                    tasks.start_soon(supervisor.keep_running)
                yield
            finally:
                for supervisor in supervisors:
                    supervisor.stop()
    except BaseExceptionGroup as group:
        raise sole_error(group) from None


def sole_error(error: BaseException) -> BaseException:
    """Take an error out of the groups that hold nothing else."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    group = cast("BaseExceptionGroup[BaseException]", error)
    return sole_error(group.exceptions[0]) if len(group.exceptions) == 1 else group


def kill_group(pid: int) -> None:
    """Kill a process and all that it started in its own session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def lines_of(stream: ByteReceiveStream) -> AsyncIterator[str]:
    """Split a process's output into lines; an overlong one is cut."""
    buffered = BufferedByteReceiveStream(stream)
    while True:
        try:
            line = await buffered.receive_until(b"\n", LONGEST_LINE_BYTES)
        except anyio.IncompleteRead:
            if buffered.buffer:
                yield buffered.buffer.decode(errors="replace")
            return
        except anyio.ClosedResourceError:
            return
        except anyio.DelimiterNotFound:
            line = await buffered.receive(LONGEST_LINE_BYTES)
        yield line.decode(errors="replace")
