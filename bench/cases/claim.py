"""From an alert's hint to a worker of one's own: a warm one claimed, against a process started.

The memory of the warm ones that wait is read too: what a page shares with its siblings costs once.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

import anyio
import asyncpg
import msgspec

from bench.measure import cpu_seconds, private_mib
from bench.processes import NotReadyError, Running, running
from bench.servers import running_servers
from bench.traders import add_trader
from bench.workers import running_workers
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import Drain
from bus.open import open_bus
from bus.settings import read_settings
from bus.values import SystemClock, WorkerId
from handlers.launcher.told import tell
from handlers.launcher.wire import Launch
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from bench.measure import Figures, Round
    from bench.servers import Servers
    from bus.bundle import Bus
    from bus.values import UserId
    from handlers.store.base import Store

_POOL = 3
_CLAIMS = 4
_COLD_STARTS = 2
_LOOK = 0.0002
_COLD_LOOK = 0.002
_SETTLE = 1.0
# By then it has looked for what was left behind, and waits for commands.
_AT_EASE = 0.05
_READY_WORKERS = "SELECT id, pid FROM workers WHERE state = 'warm'"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What it took to give a user a worker: time, and CPU time of the worker's process."""

    seconds: float
    cpu_seconds: float


class House:
    """Users, the post, and a host whose pool is warm."""

    def __init__(
        self,
        servers: Servers,
        store: Store,
        bus: Bus,
        host: Running,
        observer: asyncpg.Connection[asyncpg.Record],
    ) -> None:
        self._servers = servers
        self._store = store
        self._bus = bus
        self._host = host
        self._observer = observer

    async def warm(self) -> Start:
        """Hint for a new user, claim a worker, and wait for its mark."""
        await self._host.until(self.is_warm)
        idle = await self.idle_workers()
        user = (await add_trader(self._store)).user
        before = {worker: cpu_seconds(pid) for worker, pid in idle.items()}
        began = perf_counter()
        await self._bus.hints.hint(user)
        worker = await self._bus.pool.claim(user)
        await self._host.until(lambda: self._is_marked(user), every=_LOOK)
        seconds = perf_counter() - began
        if worker is None or worker not in idle:
            raise NotReadyError("a worker was claimed that did not wait")
        await anyio.sleep(_AT_EASE)
        used = cpu_seconds(idle[worker]) - before[worker]
        await self._send_away(user)
        return Start(seconds=seconds, cpu_seconds=used)

    async def cold(self) -> Start:
        """Start a worker's process, as a supervisor starts it, and wait for its mark."""
        user = (await add_trader(self._store)).user
        began = perf_counter()
        async with self._start(user) as process:
            await process.until(lambda: self._is_marked(user), every=_COLD_LOOK)
            return Start(seconds=perf_counter() - began, cpu_seconds=cpu_seconds(process.pid))

    async def idle_workers(self) -> dict[WorkerId, int]:
        """Return the process ids of the workers that wait."""
        rows = await self._observer.fetch(_READY_WORKERS)
        return {WorkerId(UUID(int=row["id"].int)): row["pid"] for row in rows}

    async def is_warm(self) -> bool:
        """Say whether the pool is full, and all in it are on record."""
        is_full = await self._bus.pool.ready() >= _POOL
        return is_full and len(await self.idle_workers()) >= _POOL

    def _start(self, user: UserId) -> AbstractAsyncContextManager[Running]:
        told = tell(Launch(worker_id=WorkerId(uuid7()), user_id=user))
        environment = {**self._servers.environment(), **told}
        return running("-m", "infra.local.cli", "worker", environment=environment)

    async def _is_marked(self, user: UserId) -> bool:
        return (await self._bus.hints.hint(user)).worker_id is not None

    async def _send_away(self, user: UserId) -> None:
        """Have the worker leave, and wait until it has: the next claim meets a quiet machine."""
        envelope = seal(Drain(user_id=user, reason="bench"), clock=SystemClock(),
                        dedup_id=str(uuid7()))  # fmt: skip
        await self._bus.hints.hint(user, envelope)

        async def has_left() -> bool:
            return not await self._is_marked(user)

        await self._host.until(has_left)


@asynccontextmanager
async def claim() -> AsyncGenerator[Round]:
    """Measure hint to mark, spawn to mark, and the memory of who waits."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        environment = {**servers.environment(), "FOURPASS_POOL_SIZE": str(_POOL)}
        settings = StoreSettings(database_url=servers.database_url)
        store = await stack.enter_async_context(open_store(settings, SystemClock()))
        bus = await stack.enter_async_context(open_bus(read_settings(environment)))
        host = await stack.enter_async_context(running_workers(environment))
        observer = await asyncpg.connect(servers.database_url)
        stack.push_async_callback(observer.close)
        house = House(servers, store, bus, host, observer)
        await host.until(house.is_warm)
        await house.warm()
        await house.cold()

        async def take_round() -> Figures:
            warm = [await house.warm() for _ in range(_CLAIMS)]
            cold = [await house.cold() for _ in range(_COLD_STARTS)]
            await host.until(house.is_warm)
            await anyio.sleep(_SETTLE)
            memory = [private_mib(pid) for pid in (await house.idle_workers()).values()]
            return {**_figures(warm, cold), "private_mib_per_idle_worker": median(memory)}

        yield take_round


def _figures(warm: list[Start], cold: list[Start]) -> Figures:
    warm_s, cold_s = median(each.seconds for each in warm), median(each.seconds for each in cold)
    # The least is what the work takes; the rest is what others did to the caches.
    warm_cpu_s = min(each.cpu_seconds for each in warm)
    cold_cpu_s = min(each.cpu_seconds for each in cold)
    return {
        "warm_ms": warm_s * 1e3,
        "cold_ms": cold_s * 1e3,
        "warm_over_cold": warm_s / cold_s,
        "warm_cpu_ms": warm_cpu_s * 1e3,
        "cold_cpu_ms": cold_cpu_s * 1e3,
        "warm_cpu_over_cold": warm_cpu_s / cold_cpu_s,
    }
