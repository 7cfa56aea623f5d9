from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import anyio
import pytest

from infra.local.embedded import PostgresSettings, open_postgres
from infra.local.embedded.cluster import program
from infra.local.embedded.leftovers import is_alive, locked_by, servers_of
from infra.local.supervising.supervisor import SHIM

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


def start_orphan(data_dir: Path) -> subprocess.Popen[str]:
    """Start a server that nobody supervises; returns when it serves."""
    folder = data_dir / "postgres"
    shim = [sys.executable, "-I", "-S", SHIM, str(os.getpid()), str(int(signal.SIGCONT)), folder]
    server = subprocess.Popen(
        [*shim, program("postgres"), "-D", folder / "data", "-h", "", "-k", folder / "run"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr
    for line in server.stderr:
        if "ready to accept connections" in line:
            break
    return server


async def test_server_without_an_owner_is_ended_and_its_data_served_on(data_dir: Path) -> None:
    async with open_postgres(data_dir, PostgresSettings()):
        pass
    with start_orphan(data_dir) as orphan:
        async with open_postgres(data_dir, PostgresSettings()) as postgres:
            orphan.wait(5)

            assert is_alive(postgres.part.pid or 0)


async def test_all_processes_of_a_server_are_found_by_where_they_work(data_dir: Path) -> None:
    data = data_dir / "postgres" / "data"
    async with open_postgres(data_dir, PostgresSettings()) as postgres:
        found, postmaster = servers_of(data), postgres.part.pid

    assert postmaster in found
    assert len(found) > 1
    assert servers_of(data) == []


async def test_person_who_looks_into_the_data_folder_is_left_alone(data_dir: Path) -> None:
    async with open_postgres(data_dir, PostgresSettings()):
        pass
    async with await anyio.open_process(
        ["sleep", "60"], cwd=data_dir / "postgres" / "data"
    ) as person:
        async with open_postgres(data_dir, PostgresSettings()):
            assert person.returncode is None
        person.kill()


@pytest.mark.parametrize("text", ["", "garbage\n"])
def test_lock_file_without_a_process_id_locks_nothing(tmp_path: Path, text: str) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text(text)

    assert locked_by(lock) == 0
    assert not is_alive(0)
