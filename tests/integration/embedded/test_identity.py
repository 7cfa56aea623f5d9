"""PostgreSQL under root: in a user namespace, or as nobody where those are forbidden."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from infra.local.embedded import PostgresSettings, open_postgres
from tests.integration.embedded.watching import is_alive, until
from tests.structure.rooms import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgres,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root must stop being root"),
]
HERE = Path(__file__).parent
NOBODY = 65534


@contextmanager
def parent_where_namespaces_are_forbidden(data_dir: Path) -> Generator[int]:
    """Run both parts in such a process; yields PostgreSQL's process id, as seen from here."""
    data_dir.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, HERE / "forbidding.py", sys.executable, HERE / "a_parent.py", data_dir],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout
    told = process.stdout.readline().split()
    children = psutil.Process(process.pid).children()
    try:
        assert told, process.stderr and process.stderr.read()
        yield int(told[0])
    finally:
        for child in children:
            child.send_signal(signal.SIGKILL)
        process.communicate()


def namespace_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/uid_map").read_text().split()


async def test_root_keeps_the_data_and_the_server_is_an_ordinary_user(data_dir: Path) -> None:
    async with open_postgres(data_dir, PostgresSettings()) as postgres:
        namespace = namespace_of(postgres.part.pid or 0)

    assert namespace == ["1000", "0", "1"]
    assert (data_dir / "postgres" / "data").stat().st_uid == 0


def test_without_namespaces_it_runs_as_nobody(data_dir: Path) -> None:
    with parent_where_namespaces_are_forbidden(data_dir) as pid:
        assert psutil.Process(pid).uids().real == NOBODY
        assert (data_dir / "postgres" / "data").stat().st_uid == NOBODY


def test_nobody_starts_again_on_nobodys_data(data_dir: Path) -> None:
    for _ in range(2):
        with parent_where_namespaces_are_forbidden(data_dir) as pid:
            assert is_alive(pid)


async def test_nobody_dies_with_its_parent_too(data_dir: Path) -> None:
    with parent_where_namespaces_are_forbidden(data_dir) as pid:
        pass

    await until(lambda: not is_alive(pid))


async def test_data_made_with_namespaces_is_given_to_nobody_where_they_are_forbidden(
    data_dir: Path,
) -> None:
    async with open_postgres(data_dir, PostgresSettings()):
        pass

    with parent_where_namespaces_are_forbidden(data_dir) as pid:
        assert psutil.Process(pid).uids().real == NOBODY
