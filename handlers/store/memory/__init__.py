"""The record in memory: the same promises as PostgreSQL, for as long as the process lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

from handlers.store.base import Store
from handlers.store.memory.accounts import MemoryAccounts
from handlers.store.memory.answers import MemoryAnswers
from handlers.store.memory.audit import MemoryAudit
from handlers.store.memory.catalogue import MemoryCatalogue
from handlers.store.memory.comparing import MemoryComparisons
from handlers.store.memory.identity import MemoryIdentity
from handlers.store.memory.keys import MemoryKeys
from handlers.store.memory.leases import MemoryLeases
from handlers.store.memory.orders import MemoryOrders
from handlers.store.memory.passwords import MemoryPasswords
from handlers.store.memory.queries import MemoryQueries
from handlers.store.memory.relay import MemoryRelay
from handlers.store.memory.reviews import MemoryReviews
from handlers.store.memory.sessions import MemorySessions
from handlers.store.memory.signals import MemorySignals
from handlers.store.memory.streams import MemoryStreams
from handlers.store.memory.switches import MemorySwitches
from handlers.store.memory.symbols import MemorySymbols
from handlers.store.memory.tables import Tables
from handlers.store.memory.totp import MemoryTotp
from handlers.store.memory.upkeep import MemoryUpkeep
from handlers.store.memory.watching import MemoryWatch
from handlers.store.memory.work import MemoryWork
from handlers.store.memory.workers import MemoryWorkers

if TYPE_CHECKING:
    from bus.values import Clock

__all__ = ("MemoryStore",)


class MemoryStore(Store):
    """All ports over one set of tables; time is the clock's."""

    def __init__(self, clock: Clock) -> None:
        tables = Tables(clock=clock)
        self.signals = MemorySignals(tables)
        self.orders = MemoryOrders(tables)
        self.reviews = MemoryReviews(tables, self.orders)
        self.work = MemoryWork(tables)
        self.leases = MemoryLeases(tables)
        self.relay = MemoryRelay(tables)
        self.switches = MemorySwitches(tables)
        self.identity = MemoryIdentity(tables)
        self.catalogue = MemoryCatalogue(tables)
        self.accounts = MemoryAccounts(tables)
        self.symbols = MemorySymbols(tables)
        self.workers = MemoryWorkers(tables)
        self.queries = MemoryQueries(tables)
        self.streams = MemoryStreams(tables)
        self.passwords = MemoryPasswords(tables)
        self.sessions = MemorySessions(tables)
        self.totp = MemoryTotp(tables)
        self.keys = MemoryKeys(tables)
        self.upkeep = MemoryUpkeep(tables)
        self.answers = MemoryAnswers(tables)
        self.audit = MemoryAudit(tables)
        self.watch = MemoryWatch(tables)
        self.comparisons = MemoryComparisons(tables)

    async def ping(self) -> None:
        """Answer at once."""
        await checkpoint()
