"""Loads SinoPac's SDK where it is installed, with a private directory for what it writes.

It writes a log where it stands and its tokens into the home directory, unless it is told before its
import; a token is as good as a key. So each process has a directory that nobody else can read.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from broker_adapters.errors import InvalidOptionsError

if TYPE_CHECKING:
    from broker_adapters.shioaji.port import Sdk

SDK = "shioaji"
_PRIVATE = 0o700


def load_sdk(module: str | None = None) -> Sdk:
    """Import the SDK, or the module that stands in for it.

    Raises:
        InvalidOptionsError: It is not installed here.
    """
    name = module or SDK
    home = private_home()
    os.environ["SJ_HOME_PATH"] = os.environ["SJ_CONTRACTS_PATH"] = str(home)
    os.environ["SJ_LOG_PATH"] = str(home / "shioaji.log")
    try:
        return cast("Sdk", import_module(name))
    except ImportError as error:
        msg = (
            "SinoPac's SDK is not installed on this machine, so accounts at SinoPac cannot be "
            "opened here; `make setup` installs it where there is a wheel, as does the extra "
            "`shioaji`"
        )
        raise InvalidOptionsError(msg) from error


def private_home(root: Path | None = None) -> Path:
    """Return this process's own directory, and remove those that dead processes left.

    Raises:
        InvalidOptionsError: Somebody else can read or write where it should be.
    """
    base = (root or Path(tempfile.gettempdir())) / f"4pass-shioaji-{os.getuid()}"
    with suppress(FileExistsError):
        base.mkdir(mode=_PRIVATE)
    _require_private(base)
    for left in base.iterdir():
        if left.name.isdecimal() and not Path(f"/proc/{left.name}").exists():
            shutil.rmtree(left, ignore_errors=True)
    home = base / str(os.getpid())
    if not home.exists():
        home.mkdir(mode=_PRIVATE)
        atexit.register(_remove, home, os.getpid())
    _require_private(home)
    return home


def _require_private(place: Path) -> None:
    found = place.lstat()
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not is_own or found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        msg = f"{place} must be a directory that this user alone can read"
        raise InvalidOptionsError(msg)


def _remove(home: Path, owner: int) -> None:
    """Remove the directory at the end of the process that made it, not of one forked from it."""
    if os.getpid() == owner:
        shutil.rmtree(home, ignore_errors=True)
