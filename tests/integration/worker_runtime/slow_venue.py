"""A paper venue that answers late, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.integration.worker_runtime.hosts import World

_ROOT = Path(__file__).parents[3]


@contextmanager
def a_slow_venue(world: World, *, late_ms: int) -> Generator[dict[str, str]]:
    """Run a paper venue that does everything at once and answers submits late.

    Yields what a worker must be told to trade there. Its books are those of the test's database.
    """
    arguments = [
        *("-m", "infra.local.doubles.paper_venue", "--listen", "127.0.0.1:0", "--seed", "1"),
        *("--database-url", world.environment["FOURPASS_DATABASE_URL"]),
        *("--late-share", "1.0", "--late-ms", f"{late_ms}:{late_ms}"),
    ]
    process = subprocess.Popen([sys.executable, *arguments], cwd=_ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        address = msgspec.json.decode(process.stdout.readline(), type=dict[str, str])["address"]
        yield {"FOURPASS_PAPER_VENUE_URL": address}
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()
