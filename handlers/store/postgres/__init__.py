"""The record in PostgreSQL: the only folder that speaks to the driver."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

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
    from collections.abc import AsyncGenerator

    from bus.values import Clock
    from handlers.store.auditing import AuditStore
    from handlers.store.people import CatalogueStore
    from handlers.store.postgres.connections import Pool
    from handlers.store.settings import StoreSettings

__all__ = ("PostgresStore", "migrate", "open_postgres")


class PostgresStore(Store):
    """All ports over one pool; a worker's shows the proof of its lease at each door.

    Attributes:
        pool: The driver's own, for who shares the database and saves a connection.
    """

    def __init__(self, pool: Pool, settings: StoreSettings, clock: Clock) -> None:
        self.pool = pool
        self._database = Database(pool, deadline_s=settings.deadline_s)
        signals = PostgresSignals(self._database, deadline_s=settings.deadline_s)
        self.recorder = signals.recorder
        self.signals = signals
        self.reviews = PostgresReviews(self._database)
        self.relay = PostgresRelay(self._database, clock)
        self.switches = PostgresSwitches(self._database)
        self.identity = PostgresIdentity(self._database)
        self.symbols = PostgresSymbols(self._database)
        reader = Reader(self._database)
        self.queries = PostgresQueries(self._database, reader)
        self.streams = PostgresStreams(self._database, reader)
        self.passwords = PostgresPasswords(self._database)
        self.sessions = PostgresSessions(self._database)
        self.totp = PostgresTotp(self._database)
        self.keys = PostgresKeys(self._database)
        self.upkeep = PostgresUpkeep(self._database)
        self.answers = PostgresAnswers(self._database)
        self.watch = PostgresWatch(self._database)
        held, of_worker = Held(), settings.is_worker
        self.comparisons = PostgresComparisons(self._database, held)
        self.orders = (OwnOrders if of_worker else PostgresOrders)(self._database, held)
        self.work = (OwnWork if of_worker else PostgresWork)(self._database, held)
        self.leases = PostgresLeases(self._database, held)
        self.accounts = (OwnAccounts if of_worker else PostgresAccounts)(self._database, held)
        self.workers = (OwnWorkers if of_worker else PostgresWorkers)(self._database, held)
        self.catalogue: CatalogueStore = PostgresCatalogue(self._database)
        self.audit: AuditStore = PostgresAudit(self._database)
        if of_worker:
            self.catalogue = OwnCatalogue(self._database, held)

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
    store = PostgresStore(pool, settings, clock)
    flights = [asyncio.create_task(store.recorder.fly()) for _ in range(FLIGHTS)]
    try:
        yield store
    finally:
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        pool.terminate()
