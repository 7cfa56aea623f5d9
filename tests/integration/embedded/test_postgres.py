from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import anyio
import asyncpg
import pytest

from infra.local.embedded import PostgresSettings, open_postgres
from infra.local.errors import PartFailedError
from infra.local.supervising.parts import PartState
from tests.integration.embedded.watching import command_line, is_alive, permissions, until_state

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
SETTINGS = PostgresSettings()


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_it_is_ready_when_opened_and_gone_when_closed(data_dir: Path) -> None:
    async with open_postgres(data_dir, SETTINGS) as postgres:
        pid = postgres.part.pid
        answer = await ask(postgres.url, "SELECT 1")

    assert answer == 1
    assert pid is not None
    assert not is_alive(pid)
    assert postgres.part.state is PartState.STOPPED


async def test_data_outlives_a_stop(data_dir: Path) -> None:
    async with open_postgres(data_dir, SETTINGS) as postgres:
        await ask(postgres.url, "CREATE TABLE kept AS SELECT 7 AS n")

    async with open_postgres(data_dir, SETTINGS) as postgres:
        assert await ask(postgres.url, "SELECT n FROM kept") == 7


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
async def test_nothing_acknowledged_may_be_lost(made_dir: Path, setting: str) -> None:
    async with open_postgres(made_dir, SETTINGS) as postgres:
        assert await ask(postgres.url, f"SHOW {setting}") == "on"


async def test_password_is_generated_once_and_readable_by_us_alone(data_dir: Path) -> None:
    async with open_postgres(data_dir, SETTINGS) as first:
        pass
    async with open_postgres(data_dir, SETTINGS) as second:
        pass

    assert first.url == second.url
    assert permissions(data_dir / "postgres" / "password") == 0o600
    assert permissions(data_dir / "postgres") == 0o700


async def test_password_is_asked_for(made_dir: Path) -> None:
    async with open_postgres(made_dir, SETTINGS) as postgres:
        wrong = postgres.url.replace("postgres:", "postgres:wrong", 1)

        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(wrong, "SELECT 1")


async def test_no_list_shows_the_password(made_dir: Path) -> None:
    async with open_postgres(made_dir, SETTINGS) as postgres:
        password = (made_dir / "postgres" / "password").read_text()

        assert password not in command_line(postgres.part.pid or 0)
        assert password not in repr(postgres)


async def test_it_listens_on_no_network(made_dir: Path) -> None:
    async with open_postgres(made_dir, SETTINGS) as postgres:
        assert await ask(postgres.url, "SHOW listen_addresses") == ""


async def test_path_too_long_for_a_socket_falls_back_to_a_loopback_port(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)

    async with open_postgres(deep, SETTINGS) as postgres:
        assert await ask(postgres.url, "SHOW listen_addresses") == "127.0.0.1"
        assert (postgres.part.address or "").startswith("127.0.0.1:")


async def test_killed_server_comes_back_with_what_it_had_acknowledged(made_dir: Path) -> None:
    async with open_postgres(made_dir, SETTINGS) as postgres:
        await ask(postgres.url, "CREATE TABLE kept AS SELECT 7 AS n")
        killed = postgres.part.pid or 0

        os.kill(killed, signal.SIGKILL)
        await until_state(postgres.part, PartState.READY, other_than=killed)

        assert await ask(postgres.url, "SELECT n FROM kept") == 7


async def test_killed_again_and_again_it_still_comes_back(made_dir: Path) -> None:
    async with open_postgres(made_dir, SETTINGS) as postgres:
        for _ in range(4):
            killed = postgres.part.pid or 0
            os.kill(killed, signal.SIGKILL)
            await until_state(postgres.part, PartState.READY, other_than=killed)

        assert await ask(postgres.url, "SELECT 1") == 1


async def test_half_made_data_is_begun_anew(data_dir: Path) -> None:
    half_made = data_dir / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    async with open_postgres(data_dir, SETTINGS) as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1
    assert not half_made.exists()


async def test_lock_file_whose_process_id_another_program_has_is_no_obstacle(
    made_dir: Path,
) -> None:
    lock = made_dir / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n{lock.parent}\n1700000000\n5432\n\n\n")

    async with open_postgres(made_dir, SETTINGS) as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_stale_socket_is_no_obstacle(data_dir: Path) -> None:
    sockets = data_dir / "postgres" / "run"
    sockets.mkdir(parents=True)
    (sockets / ".s.PGSQL.5432").touch()
    (sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getppid()}\n")

    async with open_postgres(data_dir, SETTINGS) as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_lost_password_is_told_and_no_data_is_touched(made_dir: Path) -> None:
    (made_dir / "postgres" / "password").unlink()

    with pytest.raises(PartFailedError, match="password is missing"):
        async with open_postgres(made_dir, SETTINGS):
            pass

    assert (made_dir / "postgres" / "data" / "PG_VERSION").is_file()


async def test_broken_data_is_told_in_the_servers_own_words(made_dir: Path) -> None:
    (made_dir / "postgres" / "data" / "global" / "pg_control").unlink()

    with pytest.raises(PartFailedError, match="pg_control"):
        async with open_postgres(made_dir, SETTINGS):
            pass


async def test_open_connection_does_not_hold_up_a_stop(made_dir: Path) -> None:
    async with open_postgres(made_dir, SETTINGS) as postgres:
        connection = await asyncpg.connect(postgres.url)
        began = anyio.current_time()

    assert anyio.current_time() - began < 5
    connection.terminate()
