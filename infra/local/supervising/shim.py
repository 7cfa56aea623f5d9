"""Becomes another program, tied to its parent: `shim.py PARENT SIGNAL FOLDER COMMAND…`.

Started between the supervisor and each of its parts, because what it does must happen in the new
process: the kernel sends SIGNAL when the parent dies, however it dies. FOLDER is empty, or the
folder of a program that refuses to run as root; as root it then gets another identity first.
It imports little, as it runs at every start of every part, and all of it before it stops being
root: nobody may be unable to read the interpreter's own folder.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
NAMESPACE_ID = 1000
NOBODY = 65534
EXIT_REFUSED = 77


def main() -> None:
    """Take on the identity, tie the process to its parent, become the command."""
    parent, death_signal, folder, *command = sys.argv[1:]
    if folder and os.geteuid() == 0:
        say(f"runs as {leave_root(folder, command[0])}")
    die_with_parent(int(parent), int(death_signal))
    os.execv(command[0], command)  # noqa: S606 - becoming the command is what this is for


def leave_root(folder: str, program: str) -> str:
    """Stop being root: in a user namespace, else as nobody, who then owns the folder."""
    is_nobodys = os.stat(folder).st_uid == NOBODY  # noqa: PTH116 - pathlib is slow to import
    if not is_nobodys and enter_namespace():
        return f"user {NAMESPACE_ID} of a namespace of its own"
    give_to_nobody(folder)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    for path in (folder, program):
        if not os.access(path, os.X_OK):
            say(f"it must not run as root, and the user nobody cannot reach {path}")
            sys.exit(EXIT_REFUSED)
    why = "whose folder it is" if is_nobodys else "user namespaces are forbidden here"
    return f"user {NOBODY}, nobody ({why})"


def enter_namespace() -> bool:
    """Map root to an ordinary user in a new user namespace; false where that is forbidden."""
    uid, gid = os.geteuid(), os.getegid()
    if system_call("unshare", CLONE_NEWUSER) != 0:
        return False
    try:
        write("/proc/self/setgroups", "deny")
        write("/proc/self/gid_map", f"{NAMESPACE_ID} {gid} 1")
        write("/proc/self/uid_map", f"{NAMESPACE_ID} {uid} 1")
    except OSError:
        say("a user namespace was made and cannot be mapped")
        sys.exit(EXIT_REFUSED)
    return True


def give_to_nobody(folder: str) -> None:
    """Make nobody the owner of the folder and all in it."""
    os.chown(folder, NOBODY, NOBODY)
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            os.lchown(f"{place}/{name}", NOBODY, NOBODY)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Ask for the signal at the parent's death; one that has died already is noticed."""
    system_call("prctl", PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit(0)


def system_call(name: str, *arguments: int) -> int:
    """Call the C library's function; -1 where it has none of that name."""
    try:
        function = getattr(ctypes.CDLL(None), name)
    except AttributeError:
        return -1
    return int(function(*arguments))


def write(path: str, text: str) -> None:
    """Write one line to a file of the kernel's."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def say(line: str) -> None:
    """Tell the supervisor, who reads the standard error."""
    sys.stderr.write(f"shim: {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
