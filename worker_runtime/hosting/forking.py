"""Forking safely: signals wait meanwhile, and the child keeps nothing of its parent's business."""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from worker_runtime.process import die_with_parent, forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

_HANDLED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)


class Signals:
    """Turns signals into bytes on a socket, so that a selector can wait for them.

    Attributes:
        wants_stop: SIGTERM or SIGINT has come.
    """

    def __init__(self) -> None:
        self.wants_stop = False
        self.wakes, self._woken = socket.socketpair()
        self.wakes.settimeout(0)
        self._woken.settimeout(0)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        for signum in _HANDLED:
            signal.signal(signum, self._take)

    def _take(self, signum: int, _frame: FrameType | None) -> None:
        if signum != signal.SIGCHLD:
            self.wants_stop = True

    def clear(self) -> None:
        """Take away what has arrived; the handlers have run."""
        try:
            while self.wakes.recv(4096):
                continue
        except BlockingIOError:
            return

    def close(self) -> None:
        """Leave signals alone, as a child must before it lives its own life."""
        signal.set_wakeup_fd(-1)
        for signum in _HANDLED:
            signal.signal(signum, signal.SIG_DFL)
        self.wakes.close()
        self._woken.close()


def fork(run: Callable[[], None], *, let_go: Callable[[], None]) -> int:
    """Fork a child that runs `run` and ends; returns its process id.

    Args:
        run: The child's whole life. Its exit code is 0, 70 after an error, or `SystemExit`'s.
        let_go: Called in the child first: closes what belongs to the parent.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    pid = os.fork()
    if pid == 0:
        _live(run, parent, let_go=lambda: _begin(let_go, before))
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _begin(let_go: Callable[[], None], mask: Iterable[int]) -> None:
    forbid_core_dumps()
    let_go()
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _live(run: Callable[[], None], parent: int, *, let_go: Callable[[], None]) -> NoReturn:
    """Live the child's life; whatever happens, never return into the parent's code."""
    code = os.EX_SOFTWARE
    try:
        die_with_parent(parent)
        let_go()
        run()
        code = os.EX_OK
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else os.EX_SOFTWARE
    except BaseException:  # noqa: BLE001 - nothing may escape into the parent's stack
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
