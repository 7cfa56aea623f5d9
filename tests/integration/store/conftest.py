"""A migrated database for each test of the record in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.store.conftest import postgres_house
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from tests.contract.store.house import House


@pytest.fixture
def dsn() -> Iterator[str]:
    with fresh_database(template=migrated_template()) as address:
        yield address


@pytest.fixture
async def house(dsn: str) -> AsyncGenerator[House]:
    async with postgres_house(dsn) as opened:
        yield opened
