"""Pins every package anew: `make lock`. Hashes are written, hosts never."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
UV = ROOT / ".tools" / "env" / "bin" / "uv"
LOCKS = {
    "main.txt": ("pyproject.toml",),
    "dev.txt": ("pyproject.toml", "--group", "dev"),
    "audit.txt": ("--group", "audit"),
    "emulator.txt": ("--group", "emulator"),
    "shioaji.txt": ("--group", "shioaji"),
    "infra.txt": ("--group", "infra"),
    "checkov.txt": ("--group", "checkov"),
    "build.txt": ("--group", "build"),
    # In the versions of what is written first.
    "peers.txt": ("--group", "peers", "--constraint", "requirements/dev.txt"),
    "lambda.txt": ("--group", "lambda", "--constraint", "requirements/main.txt"),
}


def main() -> int:
    """Write all lock files; the first that cannot be resolved ends it."""
    for name, sources in LOCKS.items():
        sys.stdout.write(f"lock: requirements/{name}\n")
        done = subprocess.run(  # noqa: S603 - the command is the one below
            command(name, sources), cwd=ROOT, check=False, stdout=subprocess.DEVNULL
        )
        if done.returncode:
            return done.returncode
    return 0


def command(name: str, sources: tuple[str, ...]) -> list[str]:
    """Return the command that writes one lock file."""
    return [
        str(UV), "pip", "compile", "--quiet", "--universal", "--generate-hashes",
        "--no-emit-index-url", "--no-emit-find-links", "--upgrade", "--python-version", "3.11",
        "--custom-compile-command", "make lock", *sources,
        "--output-file", f"requirements/{name}",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
