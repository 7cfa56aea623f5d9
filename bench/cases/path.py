"""The whole way, at 100 alerts a second: from when one was to be sent to its call of the venue.

An open loop: alerts leave at their instants, whatever the answers do. The worker writes down when
it called the venue; generator, edge and worker read one machine's one clock.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

from bench.handicap import house
from bench.load import Answer, connections, listens, send_at_rate
from bench.measure import percentile
from bench.processes import running
from bench.servers import running_servers
from bench.traders import add_trader, alerts_of
from bench.workers import running_workers
from bus.open import open_bus
from bus.settings import read_settings
from bus.values import SystemClock
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.embedded.addresses import free_port
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Sequence

    from bench.load import HttpConnection
    from bench.measure import Figures, Round
    from bench.processes import Running

_TRADERS = 4
_CONNECTIONS = 16
_PER_SECOND = 100.0
_ALERTS = 400
_WARM_UP = 80
_EVENTS = "SELECT order_id, stage, at FROM order_events WHERE order_id = ANY($1::uuid[])"
_HOPS = (
    Stage.EDGE_RECEIVED,
    Stage.EDGE_RECORDED,
    Stage.DELIVERED,
    Stage.FROZEN,
    Stage.CLAIMED,
    Stage.SENT,
)

Timeline = dict[str, datetime]


class _Order(msgspec.Struct, frozen=True):
    id: UUID


class _Reply(msgspec.Struct, frozen=True):
    orders: tuple[_Order]


class Path:
    """The whole house, and who sends it alerts."""

    def __init__(
        self,
        opened: list[HttpConnection],
        observer: asyncpg.Connection[asyncpg.Record],
        make: Callable[[], bytes],
        worker: Running,
    ) -> None:
        self._opened = opened
        self._observer = observer
        self._make = make
        self._worker = worker

    async def send(self, total: int) -> Figures:
        """Send alerts; return how long they took to their 202 and to their call of the venue."""
        intended: dict[UUID, datetime] = {}
        to_answer: list[float] = []
        decoder = msgspec.json.Decoder(_Reply)
        wall = datetime.now(UTC).timestamp() - perf_counter()

        def take(was_due: float, answered: float, answer: Answer) -> None:
            order = decoder.decode(answer.body).orders[0].id
            intended[order] = datetime.fromtimestamp(wall + was_due, UTC)
            to_answer.append(answered - was_due)

        await send_at_rate(
            self._opened, self._make, per_second=_PER_SECOND, total=total, on_answer=take
        )
        timelines = await self._timelines(intended)
        to_venue = [
            (timelines[order][Stage.SENT] - due).total_seconds() for order, due in intended.items()
        ]
        return {
            "alert_to_202_p50_ms": percentile(to_answer, 0.5) * 1e3,
            "alert_to_202_p99_ms": percentile(to_answer, 0.99) * 1e3,
            "alert_to_venue_p50_ms": percentile(to_venue, 0.5) * 1e3,
            "alert_to_venue_p99_ms": percentile(to_venue, 0.99) * 1e3,
            **_hops(list(timelines.values())),
        }

    async def _timelines(self, orders: Collection[UUID]) -> dict[UUID, Timeline]:
        """Wait until every order's call is on record, and return when each hop was passed."""
        timelines: dict[UUID, Timeline] = {order: {} for order in orders}

        async def are_sent() -> bool:
            for row in await self._observer.fetch(_EVENTS, list(orders)):
                timelines[UUID(int=row["order_id"].int)][row["stage"]] = row["at"]
            return all(Stage.SENT in timeline for timeline in timelines.values())

        await self._worker.until(are_sent)
        return timelines


def _hops(timelines: Sequence[Timeline]) -> Figures:
    """Return what each hop takes, from the one before it."""
    figures: dict[str, float] = {}
    for before, stage in pairwise(_HOPS):
        taken = [(each[stage] - each[before]).total_seconds() for each in timelines]
        figures[f"to_{stage}_p50_ms"] = percentile(taken, 0.5) * 1e3
    return figures


@asynccontextmanager
async def path() -> AsyncGenerator[Round]:
    """Measure alert to 202 and alert to venue, with every commit between them."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        port = free_port()
        environment = {
            **servers.environment(),
            "FOURPASS_PORT": str(port),
            "FOURPASS_POOL_SIZE": str(_TRADERS),
        }
        settings = StoreSettings(database_url=servers.database_url)
        async with open_store(settings, SystemClock()) as store:
            traders = [await add_trader(store) for _ in range(_TRADERS)]
        observer = await asyncpg.connect(servers.database_url)
        stack.push_async_callback(observer.close)
        worker = await stack.enter_async_context(running_workers(environment))
        bus = await stack.enter_async_context(open_bus(read_settings(environment)))
        edge = await stack.enter_async_context(running(*house("edge"), environment=environment))

        async def is_warm() -> bool:
            return await bus.pool.ready() >= _TRADERS

        await worker.until(is_warm)
        await edge.until(lambda: listens(port))
        opened = await stack.enter_async_context(connections(port, _CONNECTIONS))
        whole = Path(opened, observer, alerts_of(traders), worker)
        await whole.send(_WARM_UP)

        async def take_round() -> Figures:
            return await whole.send(_ALERTS)

        yield take_round
