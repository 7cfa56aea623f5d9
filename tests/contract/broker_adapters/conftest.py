"""The venues under test: in memory on both loops, on PostgreSQL, and in a process of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from broker_adapters.registry import open_paper_venue
from bus.values import SystemClock
from tests.contract.broker_adapters.grounds.paper import PushedClock
from tests.contract.broker_adapters.trader import Place, trading
from tests.servers.ledger import ledger_template
from tests.servers.postgres import fresh_database, shared_postgres
from tests.servers.venue import VenueProcess, running_venue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from tests.contract.broker_adapters.trader import Trader

# Ends every running day of the whole database: every order has an owner of its own.
_END_THE_DAY = "UPDATE paper.orders SET expires_at = now() WHERE expires_at IS NOT NULL"


@pytest.fixture(
    params=[
        "memory-asyncio",
        "memory-trio",
        pytest.param("ledger-asyncio", marks=pytest.mark.postgres),
        pytest.param("remote-asyncio", marks=pytest.mark.postgres),
        pytest.param("remote-trio", marks=pytest.mark.postgres),
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def anyio_backend(kind: str) -> str:
    return kind.split("-")[1]


@pytest.fixture(scope="module")
def ledger_dsn() -> Iterator[str]:
    """One database a module; every test makes owners of its own."""
    with fresh_database(template=ledger_template()) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def venue_process(ledger_dsn: str) -> Iterator[VenueProcess]:
    """One venue process a module, honest unless a test says otherwise."""
    with running_venue(ledger_dsn) as process:
        yield process


@pytest.fixture
async def place(kind: str, request: pytest.FixtureRequest) -> AsyncGenerator[Place]:
    """A venue to trade at."""
    if kind.startswith("memory"):
        clock = PushedClock()

        async def end_the_day() -> None:
            clock.pass_(timedelta(days=1))

        async with open_paper_venue("memory:", clock=clock) as venue:
            yield Place(venue=venue, clock=clock, end_the_day=end_the_day)
        return
    dsn: str = request.getfixturevalue("ledger_dsn")
    where = dsn
    if kind.startswith("remote"):
        process: VenueProcess = request.getfixturevalue("venue_process")
        where = process.address

    async def end_the_day_there() -> None:
        shared_postgres().run_sql(_END_THE_DAY, database=dsn.rpartition("/")[2])

    clock = SystemClock()
    async with open_paper_venue(where, clock=clock) as venue:
        yield Place(venue=venue, clock=clock, end_the_day=end_the_day_there)


@pytest.fixture
async def trader(place: Place) -> AsyncGenerator[Trader]:
    """A new owner's only account."""
    async with trading(place) as opened:
        yield opened
