"""The warm process that forks workers: single-threaded, without a loop, holding nothing open.

It forks the host too, which decides everything; this one only forks, watches, reports and kills.
A host that dies is forked anew and finds its workers unharmed; if this process dies the kernel
ends them all.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from handlers.launcher.wire import (
    Buried,
    Changed,
    Closing,
    Ended,
    Instruction,
    Launch,
    Line,
    Report,
    Running,
    Stop,
    read_instruction,
    write,
)
from worker_runtime.hosting.children import Host, Worker
from worker_runtime.hosting.forking import Signals, fork

if TYPE_CHECKING:
    from bus.values import WorkerId

RunHost = Callable[[socket.socket], None]
RunWorker = Callable[[Launch, Callable[[Report], None]], None]

# Longer than a worker may drain, shorter than the local profile waits for all of them.
_STOP_PATIENCE = 11.0
_HOST_PATIENCE = 1.5
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_PROVED_AFTER = 10.0

_log = logging.getLogger(__name__)


class Zygote:
    """The parent of one host and of all its workers."""

    def __init__(self, run_host: RunHost, run_worker: RunWorker) -> None:
        self._run_host = run_host
        self._run_worker = run_worker
        self._selector = selectors.DefaultSelector()
        self._signals = Signals()
        self._selector.register(self._signals.wakes, selectors.EVENT_READ, self._signals.clear)
        self._workers: dict[int, Worker] = {}
        self._unburied: dict[WorkerId, Ended] = {}
        self._host: Host | None = None
        self._host_pause = _FIRST_PAUSE
        self._host_due = 0.0
        self._is_closing = False

    def run(self) -> int:
        """Fork and watch until told to stop; returns the exit code."""
        while not (self._is_closing and self._host is None and not self._workers):
            self._keep_host()
            for key, _ in self._selector.select(self._until_due()):
                key.data()
            self._reap()
            if self._signals.wants_stop:
                self._close()
            self._kill_overdue()
        return os.EX_OK

    def _close(self) -> None:
        """Begin to stop: workers first, then the host, which cleans up after them."""
        if self._is_closing:
            return
        self._is_closing = True
        self._tell(Closing())
        for worker in self._workers.values():
            worker.stop(monotonic() + _STOP_PATIENCE)

    def _keep_host(self) -> None:
        if self._host is not None:
            if self._is_closing and not self._workers:
                self._host.stop(monotonic() + _HOST_PATIENCE)
        elif not self._is_closing and monotonic() >= self._host_due:
            self._fork_host()

    def _fork_host(self) -> None:
        ours, theirs = socket.socketpair()

        def live() -> None:
            ours.close()
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._run_host(theirs)

        pid = self._fork(live, ours, theirs)
        if pid is None:
            self._put_host_off()
            return
        self._host = Host(pid, ours)
        self._selector.register(ours, selectors.EVENT_READ, self._hear_host)
        self._tell(Running(children=tuple(worker.child() for worker in self._workers.values())))
        for ended in tuple(self._unburied.values()):
            self._tell(ended)

    def _fork_worker(self, launch: Launch) -> None:
        ours, theirs = socket.socketpair()

        def report(what: Report) -> None:
            with suppress(OSError):
                theirs.sendall(write(what))

        def live() -> None:
            ours.close()
            self._run_worker(launch, report)

        pid = self._fork(live, ours, theirs)
        if pid is None:
            return
        worker = self._workers[pid] = Worker(pid, launch, ours)
        self._selector.register(ours, selectors.EVENT_READ, lambda: self._hear_worker(worker))
        self._tell(Changed(child=worker.child()))

    def _fork(
        self, live: Callable[[], None], ours: socket.socket, theirs: socket.socket
    ) -> int | None:
        """Fork; `None` if the system has no room for a process now."""
        try:
            return fork(live, let_go=self._let_go)
        except OSError:
            _log.exception("fork_refused")
            ours.close()
            return None
        finally:
            theirs.close()

    def _let_go(self) -> None:
        """Close, in a new child, what is between this process and its other children."""
        self._selector.close()
        self._signals.close()
        for worker in self._workers.values():
            worker.close()
        if self._host is not None:
            self._host.close()

    def _hear_host(self) -> None:
        if self._host is None:
            return
        for line in self._host.receive():
            self._obey(read_instruction(line))
        if self._host.is_silent:
            self._selector.unregister(self._host.line)
            self._host.kill()

    def _obey(self, instruction: Instruction) -> None:
        known = self._worker(instruction.worker_id)
        match instruction:
            case Launch() if known is None and not self._is_closing:
                self._fork_worker(instruction)
            case Stop() if known is not None:
                known.stop(monotonic() + _STOP_PATIENCE)
            case Buried():
                self._unburied.pop(instruction.worker_id, None)
            case _:
                return

    def _hear_worker(self, worker: Worker) -> None:
        if worker.hear():
            self._tell(Changed(child=worker.child()))
        if worker.is_silent:
            self._selector.unregister(worker.line)

    def _worker(self, worker_id: WorkerId) -> Worker | None:
        return next((each for each in self._workers.values() if each.is_called(worker_id)), None)

    def _tell(self, line: Line) -> None:
        """Tell the host; one that does not listen any more is hung, and replaced."""
        if self._host is not None and not self._host.tell(line):
            self._host.kill()

    def _reap(self) -> None:
        """Take in who ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._bury(pid, os.waitstatus_to_exitcode(status))

    def _bury(self, pid: int, code: int) -> None:
        if self._host is not None and self._host.pid == pid:
            self._bury_host(self._host, code)
            return
        worker = self._workers.pop(pid, None)
        if worker is None:
            return
        if not worker.is_silent:
            # Its last words may still be on the line.
            worker.hear()
            self._selector.unregister(worker.line)
        worker.close()
        ended = Ended(child=worker.child(), code=code, lived_s=worker.lived_s())
        self._unburied[ended.child.worker_id] = ended
        self._tell(ended)

    def _bury_host(self, host: Host, code: int) -> None:
        if not host.is_silent:
            self._selector.unregister(host.line)
        host.close()
        self._host = None
        if self._is_closing:
            return
        if host.lived_s() > _PROVED_AFTER:
            self._host_pause = _FIRST_PAUSE
        _log.error("worker_host_ended", extra={"code": code, "restart_in_s": self._host_pause})
        self._put_host_off()

    def _put_host_off(self) -> None:
        self._host_due = monotonic() + self._host_pause
        self._host_pause = min(self._host_pause * 2, _LONGEST_PAUSE)

    def _kill_overdue(self) -> None:
        now = monotonic()
        for child in self._all():
            if child.kill_at is not None and child.kill_at <= now:
                _log.warning("worker_killed", extra=child.names())
                child.kill()

    def _until_due(self) -> float | None:
        due = [child.kill_at for child in self._all() if child.kill_at is not None]
        if self._host is None and not self._is_closing:
            due.append(self._host_due)
        return max(0.0, min(due) - monotonic()) if due else None

    def _all(self) -> list[Worker | Host]:
        return [*self._workers.values(), *([] if self._host is None else [self._host])]
