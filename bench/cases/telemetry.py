"""What telemetry costs on the hot path: one edge told of a collector, one not, in turns.

The told one's alerts carry a trace of their sender's, as nobody's need to; the observer runs and
samples one in a hundred. What it costs an order is measured apart, for it is off every path.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import asyncpg

from bench.collector import running_collector
from bench.edges import BURSTS, SENT, Spent, marked_traders, serve, take_burst
from bench.handicap import house, unslowed
from bench.house import BOOKS, open_house
from bench.measure import cpu_seconds
from bench.processes import running
from bench.servers import running_servers
from bench.sides import calls, clear, send
from bench.traders import alerts_of
from bus.ids import uuid7
from telemetry.export_settings import OTLP_VARIABLE, RATIO_VARIABLE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bench.measure import Figures, Round
    from bench.processes import Running
    from bench.sides import Side

_HEAD_ENDS = b"\r\n\r\n"
_RATIO = "0.01"
_USERS = 4
_PER_SECOND = 100.0
_OBSERVED = 400
# Longer than what an observer looks back, and three of its turns.
_SEEN_WITHIN_S = 11.0


@asynccontextmanager
async def telemetry(*, observed: bool = True) -> AsyncGenerator[Round]:
    """Measure both edges, and where it is `observed` the observer with whole orders."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        collector = stack.enter_context(running_collector())
        told = {**servers.environment(), OTLP_VARIABLE: collector, RATIO_VARIABLE: _RATIO}
        watcher = await stack.enter_async_context(
            running("-m", "infra.local.cli", "observer", environment=told)
        )
        make = alerts_of(await marked_traders(servers))
        traced = _traced(make)
        observer = await asyncpg.connect(servers.database_url)
        stack.push_async_callback(observer.close)
        silent = await serve(stack, servers.environment(), make, *unslowed("edge"))
        telling = await serve(stack, told, traced, *house("edge"))
        await clear(observer, BOOKS)
        size = {"users": _USERS, "live": _USERS, "opened": _USERS * 4}
        side = await open_house(stack, servers, **size) if observed else None

        async def take_round() -> Figures:
            without, with_it = Spent(), Spent()
            for _ in range(BURSTS):
                without += await take_burst(silent, make, observer)
                with_it += await take_burst(telling, traced, observer)
            figures = {
                "edge_cpu_us": without.cpu_seconds / SENT * 1e6,
                "told_edge_cpu_us": with_it.cpu_seconds / SENT * 1e6,
                "told_edge_over_edge_cpu": with_it.cpu_seconds / without.cpu_seconds,
            }
            if side is not None:
                spent = await _observed(watcher, side)
                figures["observer_cpu_us"] = spent * 1e6
                figures["observer_over_edge_cpu"] = spent * SENT / without.cpu_seconds
            return figures

        yield take_round


async def _observed(watcher: Running, side: Side) -> float:
    """Return the observer's CPU seconds an order, beyond what it takes when there is nothing."""
    before = cpu_seconds(watcher.pid)
    await anyio.sleep(_SEEN_WITHIN_S)
    idle = (cpu_seconds(watcher.pid) - before) / _SEEN_WITHIN_S
    before, began = cpu_seconds(watcher.pid), anyio.current_time()
    sent = await send(side, per_second=_PER_SECOND, total=_OBSERVED)
    await calls(side, sent, expected=_OBSERVED)
    await anyio.sleep(_SEEN_WITHIN_S)
    used = cpu_seconds(watcher.pid) - before - idle * (anyio.current_time() - began)
    await clear(side.observer, side.books)
    return used / _OBSERVED


def _traced(make: Callable[[], bytes]) -> Callable[[], bytes]:
    def make_traced() -> bytes:
        trace = f"\r\ntraceparent: 00-{uuid7().hex}-{uuid7().hex[16:]}-01"
        return make().replace(_HEAD_ENDS, trace.encode() + _HEAD_ENDS, 1)

    return make_traced
