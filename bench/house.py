"""Our side: edge and workers as their user starts them, but for a broker that answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from bench.handicap import house
from bench.load import listens
from bench.processes import running
from bench.servers import postgres_pid
from bench.sides import Books, Side
from bench.traders import add_trader, alerts_of
from bench.workers import running_instant_workers
from bus.open import open_bus
from bus.settings import read_settings
from bus.values import SystemClock
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.embedded.addresses import free_port

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from bench.servers import Servers
    from bench.sides import Observer
    from bench.traders import BenchTrader

BOOKS = Books(
    called="SELECT order_id AS id, at FROM order_events"
    " WHERE stage = 'sent' AND order_id = ANY($1::uuid[])",
    done="SELECT count(*), max(at) AS last FROM order_events WHERE stage = 'answered'",
    empty="TRUNCATE signals, dedupe_windows, orders, order_events, stream_entries, outbox CASCADE",
)
NO_LIMIT = {"FOURPASS_WEBHOOK_RATE": "1000000000", "FOURPASS_WEBHOOK_BURST": "1000000000"}
_LIVE = "SELECT user_id, pid FROM workers WHERE user_id = ANY($1::uuid[])"


async def open_house(
    stack: AsyncExitStack, servers: Servers, *, users: int, live: int, opened: int
) -> Side:
    """Open it with traders, of whom the first ones have live workers; all of them send in turns."""
    settings = StoreSettings(database_url=servers.database_url)
    async with open_store(settings, SystemClock()) as store:
        traders = [await add_trader(store) for _ in range(users)]
    port = free_port()
    environment = {
        **servers.environment(),
        **NO_LIMIT,
        "FOURPASS_PORT": str(port),
        "FOURPASS_POOL_SIZE": str(live),
    }
    observer = await asyncpg.connect(servers.database_url)
    stack.push_async_callback(observer.close)
    bus = await stack.enter_async_context(open_bus(read_settings(environment)))

    async def are_warm() -> bool:
        return await bus.pool.ready() >= live

    host = await stack.enter_async_context(running_instant_workers(environment, are_warm))
    edge = await stack.enter_async_context(running(*house("edge"), environment=environment))
    await edge.until(lambda: listens(port))
    for trader in traders[:live]:
        await bus.hints.hint(trader.user)
        await bus.pool.claim(trader.user)
    pids: dict[object, int] = {}

    async def are_live() -> bool:
        pids.update(await _live(observer, traders[:live]))
        return len(pids) >= live

    await host.until(are_live)
    return Side(
        edge=edge,
        workers=tuple(pids.values()),
        database=await postgres_pid(observer),
        port=port,
        connections=opened,
        make=alerts_of(traders),
        books=BOOKS,
        observer=observer,
    )


async def _live(observer: Observer, traders: list[BenchTrader]) -> dict[object, int]:
    rows = await observer.fetch(_LIVE, [trader.user for trader in traders])
    return {row["user_id"]: row["pid"] for row in rows}
