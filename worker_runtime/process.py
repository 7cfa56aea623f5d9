"""What a forked process must be before it does anything: bound to its parent, and tight-lipped."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
# Loaded and looked up once: that makes objects, which every worker would have for itself.
_LIBC = ctypes.CDLL(None, use_errno=True)
_PRCTL = getattr(_LIBC, "prctl", None)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the one that forked it is gone, however it went.

    Raises:
        SystemExit: It is gone already.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        raise SystemExit(os.EX_TEMPFAIL)


def forbid_core_dumps() -> None:
    """Keep credentials out of files: no core dump, and no reading of this process by its equals."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, 0)


def _prctl(option: int, value: int) -> None:
    if _PRCTL is None or _PRCTL(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option} was refused")
