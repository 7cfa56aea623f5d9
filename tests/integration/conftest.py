"""Fixtures of all integration tests: asyncpg is asyncio's, and each test has an empty Valkey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.worker_runtime.hosts import a_world, furnished_template
from tests.servers.postgres import fresh_database
from tests.servers.valkey import empty_valkey

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from tests.integration.worker_runtime.hosts import World
    from tests.servers.valkey import ValkeyServer


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    yield from empty_valkey()


@pytest.fixture
async def world(valkey: ValkeyServer) -> AsyncGenerator[World]:
    """A fresh database with both schemas, an empty Valkey, and a view of both."""
    with fresh_database(template=furnished_template()) as dsn:
        async with a_world(dsn, valkey.url) as opened:
            yield opened
