"""What a killed run of PostgreSQL left: processes without an owner, a lock file, a socket.

Called only while our own lock on the data folder is held, so nobody else wants what is found.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import structlog

from infra.local.embedded.addresses import empty_folder

if TYPE_CHECKING:
    from infra.local.embedded.cluster import Cluster

ENDS_WITHIN_S = 10.0

log: structlog.stdlib.BoundLogger = structlog.get_logger("postgres")


async def tidy(cluster: Cluster) -> None:
    """End what is left of an earlier server and make way for the next one.

    The server's lock file is taken away only if another program has its process id by now, which
    PostgreSQL would take for a running server. Otherwise it stays: PostgreSQL's own check of
    shared memory needs it.
    """
    await end_orphans(cluster.data)
    lock = cluster.data / "postmaster.pid"
    if is_alive(locked_by(lock)):
        lock.unlink(missing_ok=True)
    empty_folder(cluster.sockets)
    owner = cluster.data.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.chown(cluster.sockets, owner.st_uid, owner.st_gid)


async def end_orphans(data: Path) -> None:
    """Ask all server processes on this data to stop at once and wait until they have; insist."""
    for how in (signal.SIGQUIT, signal.SIGKILL):
        orphans = servers_of(data)
        if orphans:
            log.warning("orphans_ended", pids=orphans, how=how.name)
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        with anyio.move_on_after(ENDS_WITHIN_S):
            for pid in orphans:
                await ended(pid)


async def ended(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            await anyio.wait_readable(descriptor)
        finally:
            os.close(descriptor)


def servers_of(data: Path) -> list[int]:
    """Find the PostgreSQL processes that work in the data folder; none where there is no /proc."""
    folder = str(data.resolve())
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            works_in, runs = (entry / "cwd").readlink(), (entry / "exe").readlink()
            if str(works_in) == folder and runs.name.startswith("postgres"):
                found.append(int(entry.name))
    return found


def locked_by(lock: Path) -> int:
    """Read the process id in the server's lock file; 0 without one."""
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def is_alive(pid: int) -> bool:
    """Tell whether any process has this id."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
