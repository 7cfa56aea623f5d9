"""Becomes a command for which user namespaces are forbidden, as in many containers; as root only.

It makes one last namespace, with all users in it, and forbids any further one there.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
EVERYBODY = "0 0 65536"


def main() -> int:
    """Make the namespace in a child, map it from outside, wait for the child."""
    made_read, made_write = os.pipe()
    mapped_read, mapped_write = os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).unshare(CLONE_NEWUSER)
        os.write(made_write, b".")
        os.read(mapped_read, 1)
        become(sys.argv[1:])
    os.read(made_read, 1)
    for kind in ("uid_map", "gid_map"):
        Path(f"/proc/{child}/{kind}").write_text(EVERYBODY)
    os.write(mapped_write, b".")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def become(command: list[str]) -> None:
    """Be root of the new namespace, forbid any other, run the command."""
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
