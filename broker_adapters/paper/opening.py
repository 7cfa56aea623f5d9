"""Opens the paper venue, wherever it is, and the accounts at it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from broker_adapters.errors import InvalidOptionsError
from broker_adapters.paper.adapter import PaperBroker
from broker_adapters.paper.memory import MemoryVenue
from broker_adapters.paper.remote import RemoteVenue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.credentials import Credentials
    from broker_adapters.opening import BrokerAccount, BrokerMeans
    from broker_adapters.paper.ledger import LedgerPool
    from broker_adapters.paper.venue import Venue
    from bus.values import Clock


@asynccontextmanager
async def open_broker(
    account: BrokerAccount,
    credentials: Credentials | None,  # noqa: ARG001 - paper has no secret
    means: BrokerMeans,
) -> AsyncGenerator[PaperBroker]:
    """Make a paper account's adapter; leaving closes it."""
    if means.paper is None:
        raise InvalidOptionsError("there is no paper venue here")
    broker = PaperBroker(means.paper, account, means)
    try:
        yield broker
    finally:
        await broker.close()


@asynccontextmanager
async def open_venue(where: str | LedgerPool, *, clock: Clock) -> AsyncGenerator[Venue]:
    """Open the paper venue; share it among all accounts of a process.

    Args:
        where: `postgresql://…` or a pool of asyncpg for the ledger, whose schema must stand;
            `tcp://host:port` for a venue process; `memory:` for one that ends with the process.
        clock: The clock of a venue in memory; the others have their own.
    """
    if where == "memory:":
        yield MemoryVenue(clock)
    elif isinstance(where, str) and where.startswith("tcp://"):
        place = urlsplit(where)
        yield RemoteVenue(place.hostname or "127.0.0.1", place.port or 0)
    else:
        async with _ledger(where) as venue:
            yield venue


@asynccontextmanager
async def _ledger(where: str | LedgerPool) -> AsyncGenerator[Venue]:
    """Load asyncpg, and only here: who trades elsewhere never does."""
    from broker_adapters.paper.ledger import Ledger, open_ledger  # noqa: PLC0415 - as said
    from broker_adapters.paper.ledger_venue import LedgerVenue  # noqa: PLC0415 - as said

    if not isinstance(where, str):
        yield LedgerVenue(Ledger(where))
        return
    async with open_ledger(where) as ledger:
        yield LedgerVenue(ledger)
