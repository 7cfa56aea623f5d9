"""A user without a worker sends an alert: claim to ready, and alert to broker, on both transports.

Warm, the edge hands the user to a worker that waits; empty, nobody waits, and the control plane is
asked through its queue to have one forked. Each alert is the first of a user of its own.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from bench.handicap import house
from bench.load import connections, listens, post, require_accepted
from bench.measure import percentile
from bench.processes import running
from bench.servers import running_servers
from bench.traders import ALERT, add_trader
from bench.workers import running_workers
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import Drain
from bus.open import open_bus
from bus.settings import read_settings
from bus.sqs_settings import PREFIX_VARIABLE
from bus.values import SystemClock
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.embedded import open_emulator
from infra.local.embedded.addresses import free_port
from infra.local.queues import NOBODY, make_queues
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from datetime import datetime

    from bench.measure import Figures, Round
    from bench.processes import Running
    from bus.bundle import Bus
    from handlers.store.base import Store

_ALERTS = 6
_POOL = 2
_EVENTS = "SELECT stage, at FROM order_events WHERE order_id = $1"
_FIRST = (Stage.EDGE_RECEIVED, Stage.HINTED, Stage.DELIVERED, Stage.SENT)

Timeline = dict[str, "datetime"]


class _Order(msgspec.Struct, frozen=True):
    id: UUID


class _Reply(msgspec.Struct, frozen=True):
    orders: tuple[_Order]


class WayIn(NamedTuple):
    """How alerts come in, and how many workers are then waiting."""

    port: int
    pool: int


class House:
    """One edge, one control plane, one host; alerts are sent one after the other."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        workers: Running,
        observer: asyncpg.Connection[asyncpg.Record],
        *,
        way_in: WayIn,
    ) -> None:
        self._store = store
        self._observer = observer
        self._bus = bus
        self._workers = workers
        self._port = way_in.port
        self._pool = way_in.pool

    async def figures(self, name: str) -> Figures:
        """Send first alerts; return how long each took to a ready worker and to the broker."""
        lines = [await self._first_alert() for _ in range(_ALERTS)]
        ready = [_ms(line, Stage.HINTED, Stage.DELIVERED) for line in lines]
        sent = [_ms(line, Stage.EDGE_RECEIVED, Stage.SENT) for line in lines]
        return {
            f"{name}_claim_to_ready_p50_ms": percentile(ready, 0.5),
            f"{name}_claim_to_ready_p99_ms": percentile(ready, 0.99),
            f"{name}_alert_to_broker_p50_ms": percentile(sent, 0.5),
            f"{name}_alert_to_broker_p99_ms": percentile(sent, 0.99),
        }

    async def _first_alert(self) -> Timeline:
        await self._workers.until(self._is_ready)
        trader = await add_trader(self._store)
        request = post(f"/webhook/tradingview/{trader.token}", ALERT % uuid7())
        # An edge hangs up on who connects and says nothing, as each does while others are measured.
        async with connections(self._port, 1) as [connection]:
            answer = await connection.ask(request)
        require_accepted(answer)
        [order] = msgspec.json.decode(answer.body, type=_Reply).orders
        line: Timeline = {}

        async def is_sent() -> bool:
            line.update(
                {row["stage"]: row["at"] for row in await self._observer.fetch(_EVENTS, order.id)}
            )
            return all(stage in line for stage in _FIRST)

        await self._workers.until(is_sent)
        drain = Drain(user_id=trader.user, reason="bench")
        await self._bus.hints.hint(
            trader.user, seal(drain, clock=SystemClock(), dedup_id=uuid7().hex)
        )
        return line

    async def _is_ready(self) -> bool:
        return await self._bus.pool.ready() >= self._pool


@asynccontextmanager
async def control() -> AsyncGenerator[Round]:
    """Measure warm and empty pools over Valkey and over SQS, interleaved."""
    async with AsyncExitStack() as stack:
        on_sqs = await _sqs(stack)
        houses: dict[str, House] = {}
        transports: Mapping[str, Mapping[str, str]] = {"valkey": {}, "sqs": on_sqs}
        for transport, told in transports.items():
            for name, pool in (("warm", _POOL), ("empty", 0)):
                opened = _house({**told, PREFIX_VARIABLE: f"{name}-"}, pool=pool)
                houses[f"{transport}_{name}"] = await stack.enter_async_context(opened)

        async def take_round() -> Figures:
            figures: dict[str, float] = {}
            for name, house in houses.items():
                figures |= await house.figures(name)
            return figures

        yield take_round


@asynccontextmanager
async def _house(told: Mapping[str, str], *, pool: int) -> AsyncGenerator[House]:
    """Run a house on servers of its own: its pool is nobody else's."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        environment = {
            **servers.environment(),
            **told,
            "FOURPASS_PORT": str(free_port()),
            "FOURPASS_POOL_SIZE": str(pool),
        }
        yield await _opened(stack, environment, pool=pool)


async def _opened(stack: AsyncExitStack, environment: Mapping[str, str], *, pool: int) -> House:
    settings = StoreSettings(database_url=environment["FOURPASS_DATABASE_URL"])
    port = int(environment["FOURPASS_PORT"])
    store = await stack.enter_async_context(open_store(settings, SystemClock()))
    bus = await stack.enter_async_context(open_bus(read_settings(environment)))
    workers = await stack.enter_async_context(running_workers(environment))
    edge = await stack.enter_async_context(running(*house("edge"), environment=environment))
    await edge.until(lambda: listens(port))
    observer = await asyncpg.connect(environment["FOURPASS_DATABASE_URL"])
    stack.push_async_callback(observer.close)
    return House(store, bus, workers, observer, way_in=WayIn(port, pool))


async def _sqs(stack: AsyncExitStack) -> Mapping[str, str]:
    """Run what plays AWS, with the queues in it; return what to tell processes."""
    folder = stack.enter_context(TemporaryDirectory(prefix="fourpass-bench-"))
    valkey = {"FOURPASS_VALKEY_URL": "redis://127.0.0.1:1", "FOURPASS_QUEUES": "sqs"}

    async def furnish(url: str) -> None:
        for prefix in ("warm-", "empty-"):
            await make_queues({**valkey, PREFIX_VARIABLE: prefix}, url, is_ours=True)

    opened = open_emulator(Path(folder), furnish=furnish)
    url = (await stack.enter_async_context(opened)).url
    return {"FOURPASS_QUEUES": "sqs", "FOURPASS_AWS_ENDPOINT_URL": url, **NOBODY}


def _ms(line: Timeline, before: Stage, after: Stage) -> float:
    return (line[after] - line[before]).total_seconds() * 1e3
