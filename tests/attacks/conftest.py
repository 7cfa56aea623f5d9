"""Fixtures: an edge over the record in memory and over PostgreSQL, and two users in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from handlers.asking import account_probe, instrument_search
from handlers.store.open import StoreSettings, open_store
from tests.attacks.grounds import an_owner, nearly_now
from tests.builders import ManualClock
from tests.contract.store.seats import open_seats
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template
from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.attacks.grounds import Owner
    from tests.unit.edge.house import House


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def record(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "memory":
        yield "memory:"
        return
    with fresh_database(template=migrated_template()) as dsn:
        yield dsn


@pytest.fixture
async def house(record: str) -> AsyncIterator[House]:
    clock = ManualClock(nearly_now())
    # The owners' orders are filled by their workers, so every role is at the record.
    opening = (
        open_store(StoreSettings(database_url=record), clock)
        if record == "memory:"
        else open_seats(record, clock)
    )
    async with opening as store, a_house(store=store, clock=clock) as opened:
        yield opened


@pytest.fixture
async def lone() -> AsyncIterator[House]:
    """An edge with nobody in it but its own trader."""
    async with a_house() as opened:
        yield opened


@pytest.fixture
async def victim(house: House) -> Owner:
    return await an_owner(house, "ann")


@pytest.fixture
async def intruder(house: House, victim: Owner) -> Owner:
    del victim  # the first user is an operator too, and that is not who breaks in
    return await an_owner(house, "bob")


@pytest.fixture(autouse=True)
def quick_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs here that could answer."""
    monkeypatch.setattr(account_probe, "PROBE_WITHIN", timedelta(milliseconds=20))
    monkeypatch.setattr(instrument_search, "FOUND_WITHIN", timedelta(milliseconds=20))


@pytest.fixture
def unknown() -> Any:
    """An id that nothing has."""
    return "01a205d0-8fce-7638-b30a-52e32c3f23ee"
