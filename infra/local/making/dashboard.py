"""Installs what the dashboard is made with, builds it when it is stale, and runs its checks.

`build` makes `spa/dist`; `run NAME` runs one script of `spa/package.json`. Both install first what
the lock names, and neither does anything twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

ROOT = Path(__file__).resolve().parents[3]
SPA = ROOT / "spa"
# What stands in `spa/` and goes into no build.
_NO_SOURCE = frozenset({"node_modules", "dist", "journeys", "README.md"})
_USAGE = "usage: python -m infra.local.making.dashboard build | run SCRIPT [ARGUMENT ...]\n"


class DashboardError(Exception):
    """A step failed; what it said is on the screen already."""


def main(line: list[str]) -> int:
    """Do what the line says; the exit code is that of the step that failed."""
    try:
        match line:
            case ["build"]:
                build()
            case ["run", script, *rest]:
                install()
                step("run", "--silent", script, *(["--", *rest] if rest else []))
            case _:
                sys.stderr.write(_USAGE)
                return 2
    except DashboardError as error:
        sys.stderr.write(f"dashboard: {error}\n")
        return 1
    return 0


def build() -> None:
    """Build `spa/dist` where it is missing or older than its sources, by their content."""
    install()
    stamp = SPA / "dist" / ".built-from"
    with alone():
        wanted = fingerprint(sources())
        if is_done(stamp, wanted):
            return
        say("building spa/dist")
        began = time.monotonic()
        step("run", "--silent", "build", "--", "--logLevel", "warn")
        stamp.write_text(wanted)
        say(f"built after {time.monotonic() - began:.1f} s")


def install() -> None:
    """Install the packages that the lock names, once for each lock."""
    stamp = SPA / "node_modules" / ".installed-from"
    with alone():
        wanted = fingerprint([SPA / "package-lock.json", SPA / ".npmrc"])
        if is_done(stamp, wanted):
            return
        say("installing packages into spa/node_modules")
        began = time.monotonic()
        step("ci", "--no-audit", "--no-fund", "--loglevel", "error")
        stamp.write_text(wanted)
        say(f"installed after {time.monotonic() - began:.1f} s")


def sources() -> list[Path]:
    """List what the build is made of: the sources, and the error texts that it takes in."""
    here = [path for path in SPA.rglob("*") if _NO_SOURCE.isdisjoint(path.relative_to(SPA).parts)]
    used = [path for path in here if path.is_file() and not path.name.endswith(".test.ts")]
    return sorted([*used, *(ROOT / "docs" / "errors").glob("*.md")])


def fingerprint(paths: Iterable[Path]) -> str:
    """Name the content of files, and the Node that works on them."""
    digest = hashlib.sha256(str(shutil.which("node")).encode())
    for path in paths:
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def is_done(stamp: Path, wanted: str) -> bool:
    """Tell whether a step left what it was asked for."""
    return stamp.is_file() and stamp.read_text() == wanted


@contextmanager
def alone() -> Generator[None]:
    """Let one of these run at a time in a checkout."""
    with (SPA / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def step(*line: str) -> None:
    """Run npm to its end, its output where ours goes.

    Raises:
        DashboardError: It failed, or there is no npm.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise DashboardError("no `npm` is on PATH; it comes with Node 20.19 or newer")
    done = subprocess.run(  # noqa: S603 - no part of a command comes from outside
        [npm, *line], cwd=SPA, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        failed = f"`npm {' '.join(line)}` failed, see above"
        raise DashboardError(failed)


def say(line: str) -> None:
    """Tell the person who waits what is going on."""
    sys.stdout.write(f"dashboard: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
