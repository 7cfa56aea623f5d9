"""However the parent dies, nothing it started outlives it, and the next start finds its data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from infra.local.embedded import PostgresSettings, open_postgres
from tests.integration.embedded.watching import family, is_alive, until
from tests.structure.rooms import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]
PARENT = Path(__file__).with_name("a_parent.py")
SHIM = ROOT / "infra" / "local" / "supervising" / "shim.py"


def start(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, PARENT, data_dir],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def parent(data_dir: Path) -> Generator[subprocess.Popen[str]]:
    process = start(data_dir)
    yield process
    process.kill()
    process.communicate()


async def test_no_process_outlives_a_killed_parent(parent: subprocess.Popen[str]) -> None:
    assert parent.stdout
    assert parent.stdout.readline()
    pids = family(parent.pid)

    parent.kill()

    assert len(pids) > 5
    await until(lambda: not any(map(is_alive, pids)))


async def test_next_start_follows_a_kill_at_once(
    parent: subprocess.Popen[str], data_dir: Path
) -> None:
    assert parent.stdout
    assert parent.stdout.readline()

    parent.kill()
    async with open_postgres(data_dir, PostgresSettings()) as postgres:
        assert is_alive(postgres.part.pid or 0)


async def test_parent_and_server_killed_together_leave_nothing_behind(
    parent: subprocess.Popen[str], data_dir: Path
) -> None:
    assert parent.stdout
    postmaster = int(parent.stdout.readline().split()[0])
    pids = family(parent.pid)

    os.kill(postmaster, signal.SIGKILL)
    parent.kill()
    async with open_postgres(data_dir, PostgresSettings()):
        await until(lambda: not any(map(is_alive, pids)))


async def test_killed_while_the_data_is_made_it_starts_anew(
    parent: subprocess.Popen[str], data_dir: Path
) -> None:
    half_made = data_dir / "postgres" / "data.new" / "base"
    await until(half_made.exists)
    pids = family(parent.pid)

    parent.kill()
    await until(lambda: not any(map(is_alive, pids)))
    assert not (data_dir / "postgres" / "data").exists()

    async with open_postgres(data_dir, PostgresSettings()) as postgres:
        assert is_alive(postgres.part.pid or 0)


def test_parent_that_died_before_the_tie_was_made_is_noticed() -> None:
    nobody = max(psutil.pids()) + 1
    command = [sys.executable, "-c", "print('ran')"]
    shim = [sys.executable, "-I", "-S", SHIM, str(nobody), "9", ""]

    done = subprocess.run([*shim, *command], capture_output=True, text=True, check=True)

    assert done.stdout == ""
