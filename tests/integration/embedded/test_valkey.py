from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from redis import AuthenticationError, Redis

from infra.local.embedded import ValkeySettings, open_valkey
from infra.local.supervising.parts import PartState
from tests.integration.embedded.watching import command_line, is_alive, until_state

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.valkey]
SETTINGS = ValkeySettings()


def ask(url: str, *command: str) -> object:
    opened: Any = Redis.from_url(url, decode_responses=True)  # pyright: ignore[reportUnknownMemberType] - its keywords are untyped
    with opened as client:
        return client.execute_command(*command)


async def test_it_is_ready_when_opened_and_gone_when_closed(data_dir: Path) -> None:
    async with open_valkey(data_dir, SETTINGS) as valkey:
        pid = valkey.part.pid
        answer = ask(valkey.url, "PING")

    assert answer
    assert pid is not None
    assert not is_alive(pid)


async def test_it_answers_nobody_without_the_password(data_dir: Path) -> None:
    async with open_valkey(data_dir, SETTINGS) as valkey:
        with pytest.raises(AuthenticationError):
            ask(f"unix://{valkey.part.address}", "PING")


async def test_no_list_shows_the_password(data_dir: Path) -> None:
    async with open_valkey(data_dir, SETTINGS) as valkey:
        password = valkey.url.split(":")[2].partition("@")[0]

        assert len(password) > 20
        assert password not in command_line(valkey.part.pid or 0)
        assert password not in repr(valkey)


async def test_nothing_is_evicted_and_nothing_kept_on_disk(data_dir: Path) -> None:
    async with open_valkey(data_dir, SETTINGS) as valkey:
        assert ask(valkey.url, "CONFIG", "GET", "maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }
        assert ask(valkey.url, "CONFIG", "GET", "appendonly") == {"appendonly": "no"}
        assert ask(valkey.url, "CONFIG", "GET", "save") == {"save": ""}


async def test_killed_server_comes_back_empty_at_the_same_address(data_dir: Path) -> None:
    async with open_valkey(data_dir, SETTINGS) as valkey:
        ask(valkey.url, "SET", "k", "v")
        killed = valkey.part.pid or 0

        os.kill(killed, signal.SIGKILL)
        await until_state(valkey.part, PartState.READY, other_than=killed)

        assert ask(valkey.url, "GET", "k") is None


async def test_path_too_long_for_a_socket_falls_back_to_a_loopback_port(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)

    async with open_valkey(deep, SETTINGS) as valkey:
        assert valkey.url.startswith("redis://")
        assert ask(valkey.url, "PING")
        assert ask(valkey.url, "CONFIG", "GET", "bind") == {"bind": "127.0.0.1"}


async def test_stale_socket_is_no_obstacle(data_dir: Path) -> None:
    run = data_dir / "valkey" / "run"
    run.mkdir(parents=True)
    (run / "valkey.sock").touch()

    async with open_valkey(data_dir, SETTINGS) as valkey:
        assert ask(valkey.url, "PING")
