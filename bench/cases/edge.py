"""The whole edge at saturation, against the least that the same promises can cost."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import asyncpg
import msgspec

from bench.edges import BURSTS, SENT, Spent, marked_traders, serve, take_burst
from bench.handicap import house
from bench.house import BOOKS
from bench.measure import loads_cpu_seconds
from bench.peers.raw_asgi import KnownToken
from bench.servers import running_servers
from bench.sides import clear
from bench.traders import alerts_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Sequence

    from bench.measure import Figures, Round
    from bench.traders import BenchTrader

_LOADS = 4000


@asynccontextmanager
async def edge() -> AsyncGenerator[Round]:
    """Measure CPU time an alert of both servers, one after the other in each round."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        traders = await marked_traders(servers)
        observer = await asyncpg.connect(servers.database_url)
        stack.push_async_callback(observer.close)
        make = alerts_of(traders)
        tokens = stack.enter_context(_token_file(traders))
        environment = servers.environment()
        raw = await serve(stack, environment, make, "-m", "bench.peers.raw_asgi", tokens)
        ours = await serve(stack, environment, make, *house("edge"))
        await clear(observer, BOOKS)

        async def take_round() -> Figures:
            least, whole, loading = Spent(), Spent(), 0.0
            for _ in range(BURSTS):
                least += await take_burst(raw, make, observer)
                whole += await take_burst(ours, make, observer)
                loading += loads_cpu_seconds(_LOADS)
            load = loading / (BURSTS * _LOADS)
            return {
                "cpu_us": whole.cpu_seconds / SENT * 1e6,
                "cpu_in_loads": whole.cpu_seconds / SENT / load,
                "raw_asgi_cpu_in_loads": least.cpu_seconds / SENT / load,
                "raw_asgi_cpu_us": least.cpu_seconds / SENT * 1e6,
                "cpu_over_raw_asgi": whole.cpu_seconds / least.cpu_seconds,
                "alerts_per_second": SENT / whole.seconds,
                "raw_asgi_alerts_per_second": SENT / least.seconds,
            }

        yield take_round


@contextmanager
def _token_file(traders: Sequence[BenchTrader]) -> Generator[str]:
    tokens = {
        trader.token: KnownToken(
            user=trader.user, strategy=trader.strategy.id, account=trader.account.id
        )
        for trader in traders
    }
    with tempfile.NamedTemporaryFile(prefix="fourpass-bench-", suffix=".json") as file:
        file.write(msgspec.json.encode(tokens))
        file.flush()
        yield file.name
