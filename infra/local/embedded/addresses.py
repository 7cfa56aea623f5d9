"""Where an embedded server listens: a unix socket in its own folder, else a free loopback port."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"
LONGEST_SOCKET_PATH_BYTES = 107


def fits_a_socket(path: Path) -> bool:
    """Tell whether the kernel takes this path for a unix socket, and URLs carry it unharmed."""
    raw = os.fsencode(path)
    return len(raw) <= LONGEST_SOCKET_PATH_BYTES and not set(raw) & set(b"?#%&, ")


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def empty_folder(folder: Path) -> None:
    """Make the folder, for us alone, and remove what a killed run left in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
