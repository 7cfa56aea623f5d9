from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

import asyncpg
import pytest
from anyio import Path as AnyioPath
from httpx import AsyncClient
from psutil import Process

from infra.local.embedded import PostgresSettings, open_postgres
from infra.local.embedded.postgres import running_url
from infra.local.logins import APP, CONTROL, WORKER
from tests.integration.embedded.a_stack import fourpass, status, up
from tests.integration.embedded.watching import family, is_alive, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey, pytest.mark.timeout(60)]


def pid_of(data_dir: Path, part: str) -> int:
    _, told = status(data_dir)
    return next(row["pid"] for row in told["parts"] if row["name"] == part)


def test_status_names_every_part_while_it_runs(data_dir: Path) -> None:
    with up(data_dir):
        code, told = status(data_dir)

    assert code == 0
    assert {"postgres", "valkey"} <= {part["name"] for part in told["parts"]}
    assert {part["state"] for part in told["parts"]} == {"ready"}
    assert set(told["parts"][0]) == {"name", "state", "pid", "address", "since"}
    assert isinstance(told["workers"], list)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_everything_with_exit_0(lived_in: Path, told: signal.Signals) -> None:
    with up(lived_in) as process:
        pids = family(process.pid)

        process.send_signal(told)

        assert process.wait(30) == 0
        assert [pid for pid in pids if is_alive(pid)] == []
        assert status(lived_in) == (1, {"parts": [], "workers": []})


def test_signals_that_come_again_change_nothing(lived_in: Path) -> None:
    with up(lived_in) as process:
        for _ in range(5):
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGINT)

        assert process.wait(30) == 0


def test_second_start_on_the_same_data_is_one_clear_line(lived_in: Path) -> None:
    with up(lived_in) as process:
        second = fourpass("up", "--port", "0", "--data-dir", str(lived_in))

        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert f"runs on {lived_in} already (process {process.pid})" in second.stderr
        assert status(lived_in)[0] == 0


def test_port_in_use_is_one_clear_line_and_starts_nothing(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = fourpass("up", "--port", str(port), "--data-dir", str(data_dir))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert not (data_dir / "postgres").exists()


def test_folder_that_cannot_be_written_is_one_clear_line(data_dir: Path) -> None:
    (data_dir / "file").touch()

    done = fourpass("up", "--port", "0", "--data-dir", str(data_dir / "file" / "below"))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be used" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_PORT", "eight"),
        ("FOURPASS_QUEUES", "pigeons"),
        ("FOURPASS_LOG_LEVEL", "loud"),
        ("FOURPASS_DATABASE_URL", "postgresql://app:changeme@db/fourpass"),
        ("FOURPASS_VALKEY_URL", "http://127.0.0.1:6379"),
    ],
)
def test_refused_setting_is_named_with_exit_78(data_dir: Path, variable: str, value: str) -> None:
    done = fourpass("up", "--data-dir", str(data_dir), **{variable: value})

    assert done.returncode == 78
    assert done.stderr.count("\n") == 1
    assert variable in done.stderr
    assert value not in done.stderr


def test_status_says_that_a_frozen_record_hides_the_workers(lived_in: Path) -> None:
    with up(lived_in):
        frozen = Process(pid_of(lived_in, "postgres"))
        family = [frozen, *frozen.children()]
        for process in family:
            process.suspend()
        try:
            done = fourpass("status", "--data-dir", str(lived_in))
        finally:
            for process in family:
                process.resume()

    assert done.returncode == 1
    assert "which workers there are is not known" in done.stderr


async def test_killed_part_is_started_again_and_status_tells(lived_in: Path) -> None:
    with up(lived_in):
        killed = pid_of(lived_in, "valkey")

        os.kill(killed, signal.SIGKILL)

        await until(lambda: pid_of(lived_in, "valkey") not in {killed, None})
        await until(lambda: status(lived_in)[0] == 0)


async def test_request_that_meets_a_killed_edge_waits_for_the_next_one(lived_in: Path) -> None:
    with up(lived_in):
        _, told = status(lived_in)
        edge = next(part for part in told["parts"] if part["name"] == "edge")

        os.kill(edge["pid"], signal.SIGKILL)
        async with AsyncClient(timeout=15) as client:
            reply = await client.get(f"{edge['address']}/health/live")

    assert reply.status_code == 200


def test_parts_are_found_ready_however_little_they_log(lived_in: Path) -> None:
    with up(lived_in, FOURPASS_LOG_LEVEL="error"):
        assert status(lived_in)[0] == 0


async def test_killed_stack_leaves_nothing_and_the_next_one_runs(lived_in: Path) -> None:
    with up(lived_in) as first:
        pids = family(first.pid)
        first.kill()

        with up(lived_in):
            await until(lambda: not any(map(is_alive, pids)))

            assert status(lived_in)[0] == 0


async def test_named_database_replaces_the_embedded_one(data_dir: Path) -> None:
    async with open_postgres(data_dir / "elsewhere", PostgresSettings()) as other:
        with up(data_dir, FOURPASS_DATABASE_URL=other.url):
            code, told = status(data_dir)

    postgres = next(part for part in told["parts"] if part["name"] == "postgres")
    assert code == 0
    assert (postgres["state"], postgres["pid"]) == ("outside", None)
    assert not (data_dir / "postgres").exists()
    assert "postgres:" not in str(postgres["address"])


def test_nothing_runs_is_told_by_status(data_dir: Path) -> None:
    done = fourpass("status", "--data-dir", str(data_dir))

    assert done.returncode == 1
    assert "does not run" in done.stdout


async def test_each_process_is_at_the_record_as_its_own_role(lived_in: Path) -> None:
    with up(lived_in):
        _, told = status(lived_in)
        address = next(part["address"] for part in told["parts"] if part["name"] == "postgres")
        connection = await asyncpg.connect(running_url(lived_in, address))
        rows = await connection.fetch(
            "SELECT DISTINCT usename FROM pg_stat_activity"
            " WHERE application_name = 'fourpass' AND backend_type = 'client backend'"
        )
        await connection.close()
        environments = {
            name: await AnyioPath(f"/proc/{pid_of(lived_in, name)}/environ").read_bytes()
            for name in ("edge", "control-plane", "worker-host")
        }

    assert {row["usename"] for row in rows} <= {APP, WORKER, CONTROL}
    assert {APP, WORKER} <= {row["usename"] for row in rows}
    own = {"edge": {APP}, "control-plane": {CONTROL}, "worker-host": {WORKER, CONTROL}}
    for name, environment in environments.items():
        named = {role for role in (APP, WORKER, CONTROL) if f"//{role}:".encode() in environment}
        assert named == own[name]
        assert b"//postgres:" not in environment
