"""Opening the paper venue by its address."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker_adapters.paper.memory import MemoryVenue
from broker_adapters.paper.opening import open_venue
from broker_adapters.paper.questions import SetPrice
from broker_adapters.paper.remote import RemoteVenue
from broker_adapters.paper.venue import NeverAskedError
from bus.ids import uuid7
from bus.values import SystemClock, UserId
from infra.local.embedded.addresses import free_port

pytestmark = pytest.mark.anyio


async def test_address_says_which_venue_it_is() -> None:
    clock = SystemClock()

    async with (
        open_venue("memory:", clock=clock) as memory,
        open_venue("tcp://127.0.0.1:4000", clock=clock) as remote,
    ):
        kinds = [type(memory), type(remote)]

    assert kinds == [MemoryVenue, RemoteVenue]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_ledger_that_is_away_is_opened_all_the_same() -> None:
    clock = SystemClock()
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"

    async with open_venue(nowhere, clock=clock) as venue:
        with pytest.raises(NeverAskedError):
            await venue.ask(SetPrice(owner=UserId(uuid7()), symbol="X", price=Decimal(1)))
