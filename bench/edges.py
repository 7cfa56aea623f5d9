"""Edges at saturation whose users' workers seem to run: CPU an alert, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from bench.house import BOOKS, NO_LIMIT
from bench.load import HttpConnection, connections, listens, saturate
from bench.measure import cpu_seconds
from bench.processes import Running, running
from bench.sides import clear
from bench.traders import add_trader
from bus.ids import uuid7
from bus.open import open_bus
from bus.settings import read_settings
from bus.values import SystemClock, WorkerId
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.embedded.addresses import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AsyncExitStack

    import asyncpg

    from bench.servers import Servers
    from bench.traders import BenchTrader

_TRADERS = 16
_CONNECTIONS = 32
_WARM_UP = 500
_A_DAY = timedelta(days=1)
# A burst is over before anything in it is a second old, and leaves nothing behind: the relay, which
# repeats what no worker has taken by then, has nothing to do.
BURSTS = 8
ALERTS = 300
SENT = BURSTS * ALERTS


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A server under load."""

    process: Running
    opened: list[HttpConnection]


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What alerts took: CPU time of their server, and time."""

    cpu_seconds: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            cpu_seconds=self.cpu_seconds + other.cpu_seconds, seconds=self.seconds + other.seconds
        )


async def marked_traders(servers: Servers) -> list[BenchTrader]:
    """Make traders whose workers seem to run, so that nobody asks for one."""
    settings = StoreSettings(database_url=servers.database_url)
    environment = servers.environment()
    async with (
        open_store(settings, SystemClock()) as store,
        open_bus(read_settings(environment)) as bus,
    ):
        traders = [await add_trader(store) for _ in range(_TRADERS)]
        for trader in traders:
            await bus.hints.mark(trader.user, WorkerId(uuid7()), ttl=_A_DAY)
    return traders


async def serve(
    stack: AsyncExitStack,
    environment: Mapping[str, str],
    make: Callable[[], bytes],
    *arguments: str,
) -> Served:
    """Start a server, and have it answer often enough that nothing is done for the first time."""
    port = free_port()
    told = {**environment, **NO_LIMIT, "FOURPASS_PORT": str(port)}
    process = await stack.enter_async_context(running(*arguments, environment=told))
    await process.until(lambda: listens(port))
    opened = await stack.enter_async_context(connections(port, _CONNECTIONS))
    await saturate(opened, make, total=_WARM_UP)
    return Served(process=process, opened=opened)


async def take_burst(
    served: Served, make: Callable[[], bytes], observer: asyncpg.Connection[asyncpg.Record]
) -> Spent:
    """Load a server with alerts; what they left behind is taken away for the next burst."""
    before = cpu_seconds(served.process.pid)
    seconds = await saturate(served.opened, make, total=ALERTS)
    used = cpu_seconds(served.process.pid) - before
    await clear(observer, BOOKS)
    return Spent(cpu_seconds=used, seconds=seconds)
