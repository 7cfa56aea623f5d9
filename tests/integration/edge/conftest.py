"""Fixtures: a fresh database, an empty Valkey, and an edge over both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.edge.edges import an_edge
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.integration.edge.edges import Edge
    from tests.servers.valkey import ValkeyServer


@pytest.fixture
def record() -> Iterator[str]:
    with fresh_database(template=migrated_template()) as dsn:
        yield dsn


@pytest.fixture
async def edge(record: str, valkey: ValkeyServer) -> AsyncIterator[Edge]:
    async with an_edge(record, valkey.url) as opened:
        yield opened
