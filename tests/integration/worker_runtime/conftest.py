"""Fixtures: a fresh database with both schemas, an empty Valkey, and a view of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.worker_runtime.hosts import a_world, furnished_template
from tests.servers.postgres import fresh_database

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.integration.worker_runtime.hosts import World
    from tests.servers.valkey import ValkeyServer


@pytest.fixture
async def world(valkey: ValkeyServer) -> AsyncGenerator[World]:
    with fresh_database(template=furnished_template()) as dsn:
        async with a_world(dsn, valkey.url) as opened:
            yield opened
