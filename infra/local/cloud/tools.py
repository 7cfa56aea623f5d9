"""Programs that only the checks of infrastructure need: installed into `.tools` when asked for."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from infra.local.errors import CloudError
from infra.local.making.bootstrap import BASE_PYTHON, ROOT, TOOLS, exclusive, uv_environment

if TYPE_CHECKING:
    from pathlib import Path


def installed(name: str) -> Path:
    """Return the folder of programs of an environment, made from its lock if need be.

    Args:
        name: That of its lock: `infra` or `checkov`.

    Raises:
        CloudError: Its packages are not to be had.
    """
    folder, lock = TOOLS / name, ROOT / "requirements" / f"{name}.txt"
    stamp = folder / ".made-of"
    with exclusive():
        if not stamp.is_file() or stamp.read_text() != lock.read_text():
            _install(folder, lock)
            stamp.write_text(lock.read_text())
    return folder / "bin"


def _install(folder: Path, lock: Path) -> None:
    uv = str(TOOLS / "env" / "bin" / "uv")
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", BASE_PYTHON, str(folder)],
        [uv, "pip", "sync", "--quiet", "--python", str(folder / "bin" / "python"),
         "--require-hashes", str(lock)],
    ):  # fmt: skip
        done = subprocess.run(  # noqa: S603 - no word of a command comes from outside
            command, cwd=ROOT, env=uv_environment(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            msg = f"{lock.name} cannot be installed: {done.stderr[-2000:]}"
            raise CloudError(msg)
