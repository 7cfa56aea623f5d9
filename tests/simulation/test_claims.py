"""Users claim workers by messages that come two or three times, to receivers that know nothing of
one another; some workers die right after the claim. Afterwards each user has exactly one owner, and
every other worker waits in the pool: none leaked, none stuck.
"""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
import trio
import trio.testing
from typing_extensions import override

from bus.memory import open_memory_bus
from bus.messages import ClaimWorker, KeepPool, StartWorker
from bus.values import HOUSE, UserId, WorkerId
from handlers.control.pool import keep_pool
from handlers.control.workers import WorkerNotStartedError, claim_worker, start_worker
from handlers.launcher.base import Launcher, Task
from handlers.services import Services
from handlers.store.memory import MemoryStore
from tests.builders import a_user
from tests.simulation.town import MockedClock
from worker_runtime.drain import Drain
from worker_runtime.leases import LeaseKeeper, take
from worker_runtime.pool import wait_for_user
from worker_runtime.ports import Ports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from anyio.abc import TaskGroup

    from broker_adapters.base import Broker
    from bus.bundle import Bus
    from bus.values import Clock
    from handlers.records.accounts import Account

_POOL = 4
_DIES = 0.05


class Host(Launcher):
    """Runs workers as tasks, and reaps them as the real one does."""

    def __init__(self, city: City, tasks: TaskGroup) -> None:
        self._city = city
        self._tasks = tasks
        self.running: dict[WorkerId, Task] = {}

    @override
    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        await anyio.sleep(self._city.random.uniform(0.001, 0.05))
        if worker not in self.running:
            self.running[worker] = Task(
                worker_id=worker, user_id=user, ref="", started_at=self._city.clock.now()
            )
            self._tasks.start_soon(self._live, worker, user)
        return self.running[worker]

    @override
    async def stop(self, task: Task) -> None:
        raise AssertionError("nobody is old or hung here")

    @override
    async def list(self) -> Sequence[Task]:
        await anyio.lowlevel.checkpoint()
        return list(self.running.values())

    @override
    async def version(self) -> str:
        return ""

    async def _live(self, worker: WorkerId, user: UserId | None) -> None:
        city = self._city
        served = user or await wait_for_user(worker, city.ports, drain=Drain())
        assert served is not None
        known = self.running[worker]
        self.running[worker] = Task(
            worker_id=worker, user_id=served, ref="", started_at=known.started_at
        )
        city.tasks.start_soon(keep_pool, KeepPool(user_id=HOUSE), city.services)
        if city.random.random() >= _DIES:
            lease = await take(served, worker, city.ports, is_wanted=lambda: True)
            if lease is not None:
                keeper = LeaseKeeper(
                    lease, city.services.store.leases, clock=city.clock, pace=city.ports.pace
                )
                city.owners[served] += 1
                await keeper.run()
        del self.running[worker]
        await city.services.pool.forget(served, worker)


class City:
    """Everything of one simulated run."""

    def __init__(
        self, seed: int, bus: Bus, tasks: TaskGroup, *, clock: Clock | None = None
    ) -> None:
        self.random = Random(seed)
        self.clock = clock or MockedClock()
        self.tasks = tasks
        self.owners: Counter[UserId] = Counter()
        store = MemoryStore(self.clock)

        def no_broker(_: Account) -> AbstractAsyncContextManager[Broker]:
            raise AssertionError("nobody trades here")

        self.ports = Ports(store=store, bus=bus, clock=self.clock, open_broker=no_broker)
        self.host = Host(self, tasks)
        self.services = Services(
            store=store,
            pool=bus.pool,
            hints=bus.hints,
            launcher=self.host,
            clock=self.clock,
            pool_size=_POOL,
        )

    async def ask(self, user: UserId) -> None:
        """Ask for a worker until there is one, every two seconds as the relay does."""
        while await self.services.store.leases.holder(user) is None:
            deadline = self.clock.now() + timedelta(seconds=60)
            message = self.random.choice(
                [
                    StartWorker(user_id=user, cause=None, deadline=deadline),
                    ClaimWorker(user_id=user, worker_id=None, deadline=deadline),
                ]
            )
            async with anyio.create_task_group() as deliveries:
                for _ in range(self.random.randint(2, 3)):
                    deliveries.start_soon(self._receive, message)
            await anyio.sleep(2.0)

    async def _receive(self, message: StartWorker | ClaimWorker) -> None:
        """One delivery at one of the receivers: at the same time as the others, or later."""
        await anyio.sleep(self.random.choice([0.0, 0.0, self.random.uniform(0.0, 5.0)]))
        try:
            if isinstance(message, StartWorker):
                await start_worker(message, self.services)
            else:
                await claim_worker(message, self.services)
        except WorkerNotStartedError:
            return


async def live(seed: int, users: int) -> list[str]:
    """Let all users ask, wait until all is quiet, and return what is wrong."""
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_memory_bus(MockedClock()))
        tasks = await stack.enter_async_context(anyio.create_task_group())
        city = City(seed, bus, tasks)
        await keep_pool(KeepPool(user_id=HOUSE), city.services)
        crowd = [a_user() for _ in range(users)]
        async with anyio.create_task_group() as asking:
            for user in crowd:
                asking.start_soon(city.ask, user)
                await anyio.sleep(city.random.expovariate(20.0))
        await anyio.sleep(30.0)
        wrong = await judge(city, crowd)
        tasks.cancel_scope.cancel()
    return wrong


async def judge(city: City, crowd: list[UserId]) -> list[str]:
    running = city.host.running.values()
    serving = Counter(task.user_id for task in running if task.user_id is not None)
    waiting = sum(task.user_id is None for task in running)
    ready = await city.services.pool.ready()
    wrong = [f"{user} has {serving[user]} workers" for user in crowd if serving[user] != 1]
    wrong += [f"{user} had {city.owners[user]} owners" for user in crowd if city.owners[user] != 1]
    if len(running) != len(crowd) + waiting:
        wrong.append(f"{len(running)} run for {len(crowd)} users and {waiting} that wait")
    if not waiting == ready == _POOL:
        wrong.append(f"{waiting} wait and {ready} are ready, {_POOL} are wanted")
    return wrong


def run(seed: int, users: int) -> list[str]:
    async def main() -> list[str]:
        return await live(seed, users)

    return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
def test_every_user_gets_one_owner_and_no_worker_leaks(seed: int) -> None:
    assert run(seed, users=60) == []


@pytest.mark.long_prove
@pytest.mark.timeout(1800)
def test_a_thousand_users_get_a_thousand_owners() -> None:
    assert run(7, users=1000) == []
