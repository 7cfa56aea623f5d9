"""What the zygote knows of each process it forked."""

from __future__ import annotations

import logging
import os
import signal
import socket
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.launcher.wire import Child, Launch, Line, Lines, read_report, write

if TYPE_CHECKING:
    from bus.values import WorkerId

_CHUNK_BYTES = 65_536

_log = logging.getLogger(__name__)


class Forked:
    """A child process and the line to it.

    Attributes:
        kill_at: When it is killed, on the monotonic clock; `None` while it may live.
        is_silent: It has closed its end of the line.
    """

    def __init__(self, pid: int, line: socket.socket) -> None:
        line.settimeout(0)
        self.pid = pid
        self.line = line
        self.kill_at: float | None = None
        self.is_silent = False
        self._lines = Lines()
        self._born_at = monotonic()

    def lived_s(self) -> float:
        """Return how long it has lived."""
        return monotonic() - self._born_at

    def stop(self, kill_at: float) -> None:
        """Ask it to end, once; it is killed at `kill_at`."""
        if self.kill_at is None:
            self.kill_at = kill_at
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it now."""
        self.kill_at = None
        self._signal(signal.SIGKILL)

    def names(self) -> dict[str, str | int]:
        """Return what a log line calls it."""
        return {"pid": self.pid}

    def close(self) -> None:
        """Close the line."""
        self.line.close()

    def receive(self) -> list[bytes]:
        """Return the whole lines that have arrived."""
        whole: list[bytes] = []
        with suppress(BlockingIOError):
            while not self.is_silent:
                received = self._receive()
                self.is_silent = not received
                whole += self._lines.feed(received)
        return whole

    def _receive(self) -> bytes:
        try:
            return self.line.recv(_CHUNK_BYTES)
        except ConnectionError:
            return b""

    def _signal(self, signum: signal.Signals) -> None:
        # It cannot be another process: its number is free only once it was reaped.
        with suppress(ProcessLookupError):
            os.kill(self.pid, signum)


class Host(Forked):
    """The process that decides."""

    @override
    def stop(self, kill_at: float) -> None:
        """Tell it that nothing will be told any more; it ends when it has cleaned up."""
        if self.kill_at is None:
            self.kill_at = kill_at
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_WR)

    def tell(self, line: Line) -> bool:
        """Tell it something; false if its line is full, which it never is while it works."""
        said = write(line)
        try:
            return self.line.send(said) == len(said)
        except BlockingIOError:
            return False
        except OSError:
            return True


class Worker(Forked):
    """One worker, and whom it serves as far as it has said."""

    def __init__(self, pid: int, launch: Launch, line: socket.socket) -> None:
        super().__init__(pid, line)
        self._worker_id = launch.worker_id
        self._user_id = launch.user_id
        self._epoch: int | None = None
        self._started_at = datetime.now(UTC)

    def is_called(self, worker_id: WorkerId) -> bool:
        """Say whether this is that worker."""
        return self._worker_id == worker_id

    def hear(self) -> bool:
        """Take in what it reports; true if something changed."""
        lines = self.receive()
        for line in lines:
            try:
                report = read_report(line)
            except msgspec.MsgspecError:
                # Nothing that a worker writes may end the process that all workers hang on.
                _log.warning("worker_report_unreadable", extra=self.names())
                continue
            self._user_id, self._epoch = report.user_id, report.epoch
        return bool(lines)

    @override
    def names(self) -> dict[str, str | int]:
        """Return what a log line calls it, and whom it serves."""
        ids = {"worker_id": str(self._worker_id), "user_id": str(self._user_id)}
        return super().names() | ids

    def child(self) -> Child:
        """Describe it to the host."""
        return Child(
            worker_id=self._worker_id,
            user_id=self._user_id,
            epoch=self._epoch,
            pid=self.pid,
            started_at=self._started_at,
        )
