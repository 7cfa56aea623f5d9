"""The whole edge at saturation, against the least that the same promises can cost."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import msgspec

from bench.handicap import house
from bench.load import HttpConnection, connections, listens, saturate
from bench.measure import cpu_seconds, loads_cpu_seconds
from bench.peers.raw_asgi import KnownToken
from bench.processes import Running, running
from bench.servers import running_servers
from bench.traders import add_trader, alerts_of
from bus.ids import uuid7
from bus.open import open_bus
from bus.settings import read_settings
from bus.values import SystemClock, WorkerId
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.embedded.addresses import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Sequence

    from bench.measure import Figures, Round
    from bench.servers import Servers
    from bench.traders import BenchTrader

_TRADERS = 16
_CONNECTIONS = 32
_WARM_UP = 500
# A burst is over before anything in it is a second old, and leaves nothing behind: the relay, which
# repeats what no worker has taken by then, has nothing to do.
_BURSTS = 8
_ALERTS = 300
_SENT = _BURSTS * _ALERTS
_LOADS = 4000
_NO_LIMIT = "1000000000"
_A_DAY = timedelta(days=1)
_EMPTY = "TRUNCATE signals, dedupe_windows, orders, order_events, stream_entries, outbox CASCADE"


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


@asynccontextmanager
async def edge() -> AsyncGenerator[Round]:
    """Measure CPU time an alert of both servers, one after the other in each round."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        traders = await _traders(servers)
        observer = await asyncpg.connect(servers.database_url)
        stack.push_async_callback(observer.close)
        make = alerts_of(traders)
        tokens = stack.enter_context(_token_file(traders))
        raw = await _serve(stack, servers, make, "-m", "bench.peers.raw_asgi", tokens)
        ours = await _serve(stack, servers, make, *house("edge"))
        await observer.execute(_EMPTY)

        async def take_round() -> Figures:
            least, whole, loading = Spent(), Spent(), 0.0
            for _ in range(_BURSTS):
                least += await _burst(raw, make, observer)
                whole += await _burst(ours, make, observer)
                loading += loads_cpu_seconds(_LOADS)
            load = loading / (_BURSTS * _LOADS)
            return {
                "cpu_us": whole.cpu_seconds / _SENT * 1e6,
                "cpu_in_loads": whole.cpu_seconds / _SENT / load,
                "raw_asgi_cpu_in_loads": least.cpu_seconds / _SENT / load,
                "raw_asgi_cpu_us": least.cpu_seconds / _SENT * 1e6,
                "cpu_over_raw_asgi": whole.cpu_seconds / least.cpu_seconds,
                "alerts_per_second": _SENT / whole.seconds,
                "raw_asgi_alerts_per_second": _SENT / least.seconds,
            }

        yield take_round


async def _traders(servers: Servers) -> list[BenchTrader]:
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


async def _serve(
    stack: AsyncExitStack, servers: Servers, make: Callable[[], bytes], *arguments: str
) -> Served:
    """Start a server, and have it answer often enough that nothing is done for the first time."""
    port = free_port()
    told = {
        "FOURPASS_PORT": str(port),
        "FOURPASS_WEBHOOK_RATE": _NO_LIMIT,
        "FOURPASS_WEBHOOK_BURST": _NO_LIMIT,
    }
    process = await stack.enter_async_context(
        running(*arguments, environment={**servers.environment(), **told})
    )
    await process.until(lambda: listens(port))
    opened = await stack.enter_async_context(connections(port, _CONNECTIONS))
    await saturate(opened, make, total=_WARM_UP)
    return Served(process=process, opened=opened)


async def _burst(
    served: Served, make: Callable[[], bytes], observer: asyncpg.Connection[asyncpg.Record]
) -> Spent:
    """Load a server with alerts; what they left behind is taken away for the next burst."""
    before = cpu_seconds(served.process.pid)
    seconds = await saturate(served.opened, make, total=_ALERTS)
    used = cpu_seconds(served.process.pid) - before
    await observer.execute(_EMPTY)
    return Spent(cpu_seconds=used, seconds=seconds)
