"""A ledger on PostgreSQL, and a connection to it that is not the venue's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.contract.broker_adapters.trader import trading
from tests.integration.broker_adapters.wire import wired
from tests.servers.ledger import ledger_template
from tests.servers.postgres import fresh_database

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from tests.contract.broker_adapters.trader import Place, Trader
    from tests.integration.broker_adapters.wire import Wire


@pytest.fixture
def ledger_dsn() -> Iterator[str]:
    """A ledger of the test's own."""
    with fresh_database(template=ledger_template()) as made:
        yield made


@pytest.fixture
async def someone_else(ledger_dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    """A connection of another process, as it were."""
    connection = await asyncpg.connect(ledger_dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def watched(ledger_dsn: str) -> AsyncGenerator[tuple[Wire, Place]]:
    """A watched wire, and the venue behind it."""
    async with wired(ledger_dsn) as both:
        yield both


@pytest.fixture
def wire(watched: tuple[Wire, Place]) -> Wire:
    """The wire of the trader's venue."""
    return watched[0]


@pytest.fixture
def place(watched: tuple[Wire, Place]) -> Place:
    """The trader's venue."""
    return watched[1]


@pytest.fixture
async def trader(place: Place) -> AsyncGenerator[Trader]:
    """A new owner's only account."""
    async with trading(place) as opened:
        yield opened
