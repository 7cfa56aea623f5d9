"""Unpacks Debian's Prometheus into `.tools`, for the tests that have it read our rules and queries.

No package index has it. Nothing is installed and nobody needs to be root: apt keeps its lists in
`.tools` too. Where there is no apt or no answer, it says so, and those tests say so again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[3] / ".tools" / "prometheus"
BIN = _FOLDER / "usr" / "bin"
_LONGEST_S = 120.0


def main() -> int:
    """Unpack it, where that was not done before; never a failure."""
    if (BIN / "promtool").is_file() or shutil.which("promtool"):
        return 0
    try:
        _unpack()
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"prometheus: NOT TO BE HAD HERE, left out of the tests ({error})\n")
    return 0


def _unpack() -> None:
    lists = _FOLDER / "apt" / "lists"
    lists.mkdir(parents=True, exist_ok=True)
    _run("apt-get", *_kept(lists), "-qq", "update")
    _run("apt-get", *_kept(lists), "-qq", "download", "prometheus")
    for package in _FOLDER.glob("prometheus_*.deb"):
        _run("dpkg", "-x", str(package), ".")
        package.unlink()


def _kept(lists: Path) -> tuple[str, ...]:
    return (
        "-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={lists.parent}",
        "-o", "APT::Sandbox::User=", "-o", "Acquire::Languages=none",
    )  # fmt: skip


def _run(*command: str) -> None:
    subprocess.run(  # noqa: S603 - the commands are those above
        command, cwd=_FOLDER, check=True, timeout=_LONGEST_S, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
