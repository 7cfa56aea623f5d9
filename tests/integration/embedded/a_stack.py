"""`fourpass up` as a person starts it: a process of its own, told by signals, asked by `status`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.structure.rooms import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

Running = subprocess.Popen[str]


def environment(**more: str) -> dict[str, str]:
    """Return an environment without settings of ours but these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FOURPASS_")}
    return {**clean, "PYTHONPATH": str(ROOT), **more}


def fourpass(*line: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "infra.local.cli", *line],
        capture_output=True, text=True, check=False, input=stdin, env=environment(**more),
        timeout=15,
    )  # fmt: skip


@contextmanager
def up(data_dir: Path, *line: str, **more: str) -> Generator[Running]:
    """Start `fourpass up` on any free port; yield when it says that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local.cli", "up", "--port", "0", "--no-demo", *line],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=environment(FOURPASS_DATA_DIR=str(data_dir), **more),
    )  # fmt: skip
    try:
        assert process.stdout
        assert "ready at http://127.0.0.1:" in process.stdout.readline()
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def status(data_dir: Path) -> tuple[int, dict[str, Any]]:
    """Ask `fourpass status --json`."""
    done = fourpass("status", "--json", "--data-dir", str(data_dir))
    return done.returncode, json.loads(done.stdout)
