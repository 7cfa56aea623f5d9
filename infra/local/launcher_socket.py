"""Where the control plane asks the worker host for workers: in the data folder, if it is short."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from infra.local.embedded.addresses import fits_a_socket

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def launcher_socket(data_dir: Path) -> Generator[Path]:
    """Yield a path that the kernel takes for a socket, in a folder for this user alone."""
    near = data_dir / "run" / "launcher.sock"
    if fits_a_socket(near):
        yield near
        return
    with TemporaryDirectory(prefix="fourpass-") as folder:
        yield Path(folder) / "launcher.sock"
