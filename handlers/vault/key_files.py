"""Key files: folders of numbered keys, `1.key` or `1.pem`, that belong to us and to nobody else.

A folder holds one kind of key; the highest number is the one in use, the others only open what was
sealed before.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from handlers.vault.errors import VaultSettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY_BYTES = 32
SYMMETRIC = ".key"
PEM = ".pem"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_LARGEST_BYTES = 65_536


def read_keys(folder: Path, suffix: str, *, variable: str) -> Mapping[int, bytes]:
    """Read every numbered key of a folder, by number.

    Raises:
        VaultSettingsError: There is none; or the folder or a file could be read or written by
            somebody else. The variable that names the folder, and the file, are named.
    """
    _require_own(folder, _OTHERS_WRITE, variable)
    numbers = key_numbers(folder, suffix)
    if not numbers:
        problem = f"names {folder}, which holds no key: a file such as 1{suffix} is needed"
        raise VaultSettingsError(variable, problem)
    return {number: _read(folder / f"{number}{suffix}", variable) for number in numbers}


def key_numbers(folder: Path, suffix: str) -> list[int]:
    """Return the numbers of a folder's keys, in order; none where there is no folder."""
    stems = (path.stem for path in folder.glob(f"*{suffix}"))
    return sorted(int(stem) for stem in stems if _NUMBER.fullmatch(stem))


def new_symmetric() -> bytes:
    """Draw a key of 256 bit."""
    return os.urandom(KEY_BYTES)


def write_key(folder: Path, number: int, suffix: str, content: bytes) -> Path:
    """Write a new key for us alone, whole or not at all.

    Raises:
        FileExistsError: There is a key of this number; it is never replaced.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{number}{suffix}"
    draft = folder / f".{number}{suffix}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A link fails where a rename would silently put one key in another's place.
        os.link(draft, path)
    finally:
        draft.unlink()
    return path


def _read(path: Path, variable: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise _unusable(path, variable, error) from None
    with os.fdopen(descriptor, "rb") as file:
        _refuse_shared(path, os.fstat(file.fileno()), _OTHERS, variable)
        return file.read(_LARGEST_BYTES)


def _require_own(folder: Path, forbidden: int, variable: str) -> None:
    try:
        found = folder.stat()
    except OSError as error:
        raise _unusable(folder, variable, error) from None
    if not stat.S_ISDIR(found.st_mode):
        raise VaultSettingsError(variable, f"names {folder}, which is no folder")
    _refuse_shared(folder, found, forbidden, variable)


def _refuse_shared(path: Path, found: os.stat_result, forbidden: int, variable: str) -> None:
    if found.st_uid != os.geteuid():
        problem = f"names {path}, which belongs to another user (uid {found.st_uid})"
        raise VaultSettingsError(variable, problem)
    if found.st_mode & forbidden:
        mode = stat.S_IMODE(found.st_mode)
        problem = f"names {path}, which others may use (mode {mode:04o}): chmod go-rwx {path}"
        raise VaultSettingsError(variable, problem)


def _unusable(path: Path, variable: str, error: OSError) -> VaultSettingsError:
    return VaultSettingsError(variable, f"names {path}, which cannot be used: {error.strerror}")
