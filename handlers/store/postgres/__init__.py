"""The record in PostgreSQL: the only folder that speaks to the driver."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from handlers.store.base import Store
from handlers.store.postgres.accounts import OwnAccounts, PostgresAccounts
from handlers.store.postgres.answers import PostgresAnswers
from handlers.store.postgres.audit import PostgresAudit
from handlers.store.postgres.catalogue import OwnCatalogue, PostgresCatalogue
from handlers.store.postgres.comparing import PostgresComparisons
from handlers.store.postgres.connections import Database, open_pool
from handlers.store.postgres.held import Held
from handlers.store.postgres.identity import PostgresIdentity
from handlers.store.postgres.keys import PostgresKeys
from handlers.store.postgres.leases import PostgresLeases
from handlers.store.postgres.migrator import migrate
from handlers.store.postgres.orders import OwnOrders, PostgresOrders
from handlers.store.postgres.passwords import PostgresPasswords
from handlers.store.postgres.queries import PostgresQueries
from handlers.store.postgres.recording import FLIGHTS
from handlers.store.postgres.relay import PostgresRelay
from handlers.store.postgres.reviews import PostgresReviews
from handlers.store.postgres.sessions import PostgresSessions
from handlers.store.postgres.signals import PostgresSignals
from handlers.store.postgres.streams import PostgresStreams, Reader
from handlers.store.postgres.switches import PostgresSwitches
from handlers.store.postgres.symbols import PostgresSymbols
from handlers.store.postgres.totp import PostgresTotp
from handlers.store.postgres.upkeep import PostgresUpkeep
from handlers.store.postgres.watching import PostgresWatch
from handlers.store.postgres.work import OwnWork, PostgresWork
from handlers.store.postgres.workers import OwnWorkers, PostgresWorkers
from telemetry.vitals import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from bus.values import Clock
    from handlers.store.people import CatalogueStore
    from handlers.store.postgres.pool import Pool
    from handlers.store.settings import StoreSettings

__all__ = ("PostgresStore", "migrate", "open_postgres")


# Made of the database alone.
_PORTS: Mapping[str, Callable[[Database], object]] = {
    "answers": PostgresAnswers,
    "audit": PostgresAudit,
    "identity": PostgresIdentity,
    "keys": PostgresKeys,
    "passwords": PostgresPasswords,
    "reviews": PostgresReviews,
    "sessions": PostgresSessions,
    "switches": PostgresSwitches,
    "symbols": PostgresSymbols,
    "totp": PostgresTotp,
    "upkeep": PostgresUpkeep,
    "watch": PostgresWatch,
}


class PostgresStore(Store):
    """All ports over one pool; a worker's shows the proof of its lease at each door.

    A port is made when it is first asked for: what a worker never makes takes no memory in it.

    Attributes:
        pool: For who shares the database and saves a connection.
        recorder: Collects alerts into batches; `open_postgres` has them recorded.
    """

    def __init__(self, pool: Pool, settings: StoreSettings, clock: Clock) -> None:
        self.pool = pool
        self._clock = clock
        self._database = database = Database(pool, deadline_s=settings.deadline_s)
        signals = PostgresSignals(database, deadline_s=settings.deadline_s)
        self.recorder = signals.recorder
        self.signals = signals
        self._held = held = Held()
        of_worker = settings.is_worker
        self.orders = (OwnOrders if of_worker else PostgresOrders)(database, held)
        self.work = (OwnWork if of_worker else PostgresWork)(database, held)
        self.leases = PostgresLeases(database, held)
        self.accounts = (OwnAccounts if of_worker else PostgresAccounts)(database, held)
        self.workers = (OwnWorkers if of_worker else PostgresWorkers)(database, held)
        self.catalogue: CatalogueStore = (
            OwnCatalogue(database, held) if of_worker else PostgresCatalogue(database)
        )

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - `Store` says what each port is
        """Make a port that was not asked for yet."""
        match name:
            case "comparisons":
                made = PostgresComparisons(self._database, self._held)
            case "relay":
                made = PostgresRelay(self._database, self._clock)
            case "queries":
                made = PostgresQueries(self._database, self._reader)
            case "streams":
                made = PostgresStreams(self._database, self._reader)
            case "_reader":
                made = Reader(self._database)
            case _ if name in _PORTS:
                made = _PORTS[name](self._database)
            case _:
                raise AttributeError(name=name, obj=self)
        setattr(self, name, made)
        return made

    def usage(self) -> Usage:
        """Say how the connections are used; it is up as long as one is open or none is needed."""
        size, waiting = self.pool.get_size(), self._database.waiting
        in_use = size - self.pool.get_idle_size()
        return Usage(is_up=size > 0 or waiting == 0, in_use=in_use, waiting=waiting)

    async def ping(self) -> None:
        """Ask the database for one answer, and whether it takes what is written."""
        await self._database.prove_writing()


@asynccontextmanager
async def open_postgres(settings: StoreSettings, clock: Clock) -> AsyncGenerator[PostgresStore]:
    """Open the record; leaving it ends its batches under way and its connections."""
    pool = await open_pool(settings)
    store = PostgresStore(pool, settings, clock)  # pyright: ignore[reportAbstractUsage] - the ports that it seems to lack are made when asked for
    # A worker records no alerts.
    flying = 0 if settings.is_worker else FLIGHTS
    flights = [asyncio.create_task(store.recorder.fly()) for _ in range(flying)]
    try:
        yield store
    finally:
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        pool.terminate()
