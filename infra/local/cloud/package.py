"""Builds the zip of the Lambda functions, without Docker: the same bytes from the same sources.

The packages are those of `requirements/lambda.txt`, as wheels for Lambda's own Linux; the code is
what the entrypoints are allowed to import. Every file has one date, one mode and its place in
order. All of it is compiled ahead, for a function can write no bytecode down and would compile at
every cold start; in a fresh process, in one order, the same source gives the same bytecode.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.cloud.agreed import ARCHITECTURE, RUNTIME
from infra.local.errors import CloudError
from infra.local.making.bootstrap import ROOT, TOOLS, uv_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = ROOT / "dist" / "lambda.zip"
LOCK = ROOT / "requirements" / "lambda.txt"
LARGEST_BYTES = 16 * 1024 * 1024
"""Its budget, zipped; Lambda itself takes 50 MB."""

ROOMS = ("telemetry", "bus", "broker_adapters", "handlers", "lambda_entry")
# The description of every API of AWS is 25 MB; these are asked.
_SERVICES = ("ecs", "sqs")
_LOADED = (".py", ".pyc", ".so", ".json", ".pem", ".sql", ".lua", ".typed", ".gz")
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def build(target: Path = FILE, *, python: str = RUNTIME.removeprefix("python")) -> Path:
    """Build the zip and return its path.

    Args:
        target: Where it goes; what is there is replaced, whole.
        python: The version that shall run it.

    Raises:
        CloudError: A package is not to be had as a wheel, or the zip is over its budget.
    """
    with tempfile.TemporaryDirectory(prefix="fourpass-package-") as named:
        folder = Path(named)
        _install(folder, python)
        for room in ROOMS:
            shutil.copytree(
                ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__")
            )
        _compile(folder, python)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{os.getpid()}")
        write(folder, draft)
    size = draft.stat().st_size
    if size > LARGEST_BYTES:
        draft.unlink()
        msg = f"the zip has {size} bytes; its budget is {LARGEST_BYTES}"
        raise CloudError(msg)
    draft.replace(target)
    return target


def write(folder: Path, target: Path) -> None:
    """Zip what a function can load, in an order and with dates that are always the same."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in kept(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DATE)
            entry.external_attr = _MODE
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())


def kept(folder: Path) -> Iterator[Path]:
    """Give the files that belong into the zip, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _belongs(path.relative_to(folder)):
            yield path


def _belongs(path: Path) -> bool:
    parts = [*path.parts]
    if parts[0] == "bin" or "tests" in parts:
        return False
    if parts[:2] == ["botocore", "data"] and len(parts) > 3:
        return parts[2] in _SERVICES
    if parts[0].endswith(".dist-info"):
        return path.name == "METADATA"
    return path.name.endswith(_LOADED)


def _install(folder: Path, python: str) -> None:
    done = subprocess.run(  # noqa: S603 - no word of the command comes from outside
        [
            str(TOOLS / "env" / "bin" / "uv"), "pip", "install", "--quiet", "--no-deps",
            "--require-hashes", "--only-binary", ":all:", "--link-mode", "copy",
            "--python-platform", f"{ARCHITECTURE}-manylinux2014", "--python-version", python,
            "--target", str(folder), "--requirement", str(LOCK),
        ],
        cwd=ROOT, env=uv_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        msg = f"packages could not be had: {done.stderr[-2000:]}"
        raise CloudError(msg)


def _compile(folder: Path, python: str) -> None:
    """Write bytecode that is believed unseen; only the version that shall run it can."""
    if python != f"{sys.version_info.major}.{sys.version_info.minor}":
        msg = f"Python {python} builds for Python {python}; this is another"
        raise CloudError(msg)
    said = subprocess.run(  # noqa: S603 - as above
        [
            sys.executable, "-m", "compileall", "-q", "-j", "1",
            "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task", ".",
        ],
        cwd=folder, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if said.returncode:
        msg = f"it does not compile: {said.stdout[-2000:]}"
        raise CloudError(msg)


def digest(path: Path) -> str:
    """Return its SHA-256, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Build it and say what came of it."""
    try:
        built = build()
    except CloudError as error:
        sys.stderr.write(f"package: {error}\n")
        return 1
    megabytes = built.stat().st_size / 1024 / 1024
    sys.stdout.write(f"{built.relative_to(ROOT)}: {megabytes:.1f} MiB, sha256 {digest(built)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
