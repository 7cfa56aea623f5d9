"""The data folder: whose it is while we run, and whether it can be used at all."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.local.errors import DataFolderError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

LOCK_NAME = "lock"


@contextmanager
def owned(folder: Path) -> Generator[Path]:
    """Make the folder if need be, and hold it: nobody else runs on it meanwhile.

    The lock goes with the process, however it ends; no child inherits it.

    Raises:
        DataFolderError: It cannot be written, or another process holds it.
    """
    whole = folder.absolute()
    try:
        whole.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(whole / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        why = f"the data folder {whole} cannot be used: {error.strerror}"
        raise DataFolderError(why) from error
    try:
        take(descriptor, whole)
        yield whole
    finally:
        os.close(descriptor)


def take(descriptor: int, folder: Path) -> None:
    """Lock the open lock file and write into it who we are."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        why = (
            f"4pass runs on {folder} already (process {holder}); "
            "stop that one, or choose another folder with --data-dir"
        )
        raise DataFolderError(why) from None
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        why = f"the data folder {folder} cannot be written: {error.strerror}"
        raise DataFolderError(why) from error


def holder_of(folder: Path) -> int | None:
    """Return the process that runs on the folder; `None` when none does."""
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
        return int(text) if text.isdecimal() else None
    else:
        return None
    finally:
        os.close(descriptor)
