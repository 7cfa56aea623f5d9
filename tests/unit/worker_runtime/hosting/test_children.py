"""What the zygote hears from its children, and how it ends them."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bus.ids import uuid7
from bus.values import UserId, WorkerId
from handlers.launcher.wire import Closing, Launch, Report, write
from worker_runtime.hosting.children import Host, Worker

if TYPE_CHECKING:
    from collections.abc import Generator

    import pytest

LAUNCH = Launch(worker_id=WorkerId(uuid7()), user_id=None)


@contextmanager
def a_worker() -> Generator[tuple[Worker, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Worker(os.getpid(), LAUNCH, ours), theirs


def test_a_worker_is_known_by_what_it_reports() -> None:
    with a_worker() as (worker, line):
        user = UserId(uuid7())

        line.sendall(write(Report(user_id=user, epoch=3)))

        assert worker.hear()
        assert (worker.child().user_id, worker.child().epoch) == (user, 3)


def test_nothing_that_a_worker_writes_harms_the_zygote() -> None:
    with a_worker() as (worker, line):
        user = UserId(uuid7())

        line.sendall(b'\xff{"broken\n' + write(Report(user_id=user, epoch=None)))

        assert worker.hear()
        assert worker.child().user_id == user


def test_a_worker_that_hung_up_is_silent() -> None:
    with a_worker() as (worker, line):
        line.close()

        assert not worker.hear()
        assert worker.is_silent


def test_a_worker_is_asked_to_stop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    signals: list[tuple[int, int]] = []

    def kill(pid: int, signum: int) -> None:
        signals.append((pid, signum))

    monkeypatch.setattr(os, "kill", kill)
    with a_worker() as (worker, _):
        worker.stop(100.0)
        worker.stop(200.0)

    assert signals == [(os.getpid(), signal.SIGTERM)]
    assert worker.kill_at == 100.0


def test_a_host_that_stops_listening_is_found_out() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        host = Host(os.getpid(), ours)

        while host.tell(Closing()):
            pass

        assert not host.tell(Closing())


def test_a_host_is_asked_to_stop_by_the_end_of_its_line() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Host(os.getpid(), ours).stop(100.0)

        assert theirs.recv(1) == b""
