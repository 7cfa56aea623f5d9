"""Where files go that nobody needs afterwards: into memory, where there is room for them.

A database is a thousand files. Where hundreds of databases come and go, a file system on a disk is
busy with making and forgetting files (ext4 looks at each inode that it gave up lately before it
takes one): to copy a small one took seven times as long, most of it in the kernel.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - whoever makes a folder there draws its name
_MEMINFO = Path("/proc/meminfo")
_ROOM_BYTES = 4 * 1024**3
"""Four processes of tests need half of it at most."""


def memory_folder(*, memory: Path = _MEMORY, meminfo: Path = _MEMINFO) -> Path | None:
    """Return a folder in memory with room for what tests make; `None` where there is none."""
    if not memory.is_dir() or not os.access(memory, os.W_OK | os.X_OK):
        return None
    roomy = min(shutil.disk_usage(memory).free, _available_bytes(meminfo)) >= _ROOM_BYTES
    return memory if roomy else None


def in_memory() -> dict[str, str]:
    """Return what to tell a process so that its temporary files are in memory, if they can be."""
    folder = memory_folder()
    return {} if folder is None else {"TMPDIR": str(folder)}


def _available_bytes(meminfo: Path) -> int:
    """Return how much memory nobody needs; 0 where nobody says."""
    told = meminfo.read_text() if meminfo.is_file() else ""
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", told, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
