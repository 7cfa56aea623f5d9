"""Claims over real queues to two receivers, every message two or three times: one owner each.

A start may be asked for on either queue. Of the workers some die right after their claim; whoever
still has none is asked for again. In the end nobody has two, and what is left waits in the pool.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.base import Destination
from bus.envelope import seal
from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.messages import ClaimWorker, KeepPool, StartWorker
from bus.open import create_queues, open_bus
from bus.values import HOUSE, OrderId, SystemClock
from edge.alerts.dispatch import ask_for_worker
from handlers.control.pool import keep_pool
from handlers.records.views import WorkerView
from infra.local.control.control_plane import serve
from tests.builders import a_user
from tests.contract.bus.transports import a_prefix, settings_of, sqs_settings_of
from tests.servers.emulator import CREDENTIALS, shared_emulator
from tests.simulation.test_claims import City, judge
from tests.unit.edge.house import a_house
from tests.unit.handlers.control.control_places import Tasks
from tests.unit.infra.test_dedup_trap import services_of, until_started

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.bundle import Bus
    from bus.settings import BusSettings
    from bus.values import UserId
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.valkey]

CLOCK = SystemClock()
_RECEIVERS = 2
_A_SECOND = 20.0
_QUIET_WITHIN = 60.0


@pytest.fixture(params=["valkey", pytest.param("sqs", marks=pytest.mark.aws)])
async def settings(
    request: pytest.FixtureRequest, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> BusSettings:
    """A post whose queues nobody else uses, on either transport."""
    if request.param == "valkey":
        return settings_of(valkey)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    made = sqs_settings_of(shared_emulator(), valkey, prefix=a_prefix())
    await create_queues(made)
    return made


async def ask(city: City, bus: Bus, user: UserId) -> None:
    """Ask for a worker until there is one, each time by a message that comes twice or thrice."""
    while await city.services.store.leases.holder(user) is None:
        deadline = CLOCK.now() + timedelta(seconds=60)
        for _ in range(city.random.randint(2, 3)):
            destination, message = city.random.choice(
                [
                    (
                        Destination.WORKER_CONTROL,
                        StartWorker(user_id=user, cause=None, deadline=deadline),
                    ),
                    (
                        Destination.POOL_CLAIM,
                        ClaimWorker(user_id=user, worker_id=None, deadline=deadline),
                    ),
                ]
            )
            sealed = seal(message, clock=CLOCK, dedup_id=uuid7().hex, deadline=deadline)
            # What a busy server does not take is asked for again, as the relay would.
            with suppress(TransportUnavailableError):
                await bus.publisher.publish(destination, sealed)
        await anyio.sleep(2.0)


@asynccontextmanager
async def a_city(settings: BusSettings) -> AsyncGenerator[tuple[City, Bus]]:
    """Open a city with two receivers, each on connections of its own."""
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_bus(settings))
        receivers = [await stack.enter_async_context(open_bus(settings)) for _ in range(_RECEIVERS)]
        tasks = await stack.enter_async_context(anyio.create_task_group())
        city = City(7, bus, tasks, clock=CLOCK)
        for receiver in receivers:
            tasks.start_soon(serve, receiver, city.services, anyio.Event())
        tasks.start_soon(show_all, city)
        yield city, bus
        tasks.cancel_scope.cancel()


async def show_all(city: City) -> None:
    """Have every worker say that it lives, or maintenance ends it after a minute."""
    while True:
        for task in list(city.host.running.values()):
            row = WorkerView(
                id=task.worker_id,
                user_id=task.user_id,
                state="warm" if task.user_id is None else "active",
                epoch=None,
                pid=1,
                host="here",
                started_at=task.started_at,
                last_seen_at=task.started_at,
            )
            await city.services.store.workers.put(row)
        await anyio.sleep(5)


async def claim_all(settings: BusSettings, users: int) -> list[str]:
    """Let so many users ask, wait until all is quiet, and return what is wrong."""
    crowd = [a_user() for _ in range(users)]
    async with a_city(settings) as (city, bus):
        async with anyio.create_task_group() as asking:
            for user in crowd:
                asking.start_soon(ask, city, bus, user)
                await anyio.sleep(1 / _A_SECOND)
        await keep_pool(KeepPool(user_id=HOUSE), city.services)
        wrong = await judge(city, crowd)
        with anyio.move_on_after(_QUIET_WITHIN):
            while wrong:
                await anyio.sleep(0.2)
                wrong = await judge(city, crowd)
    return wrong


@pytest.mark.timeout(120)
async def test_a_hundred_users_get_a_hundred_owners(settings: BusSettings) -> None:
    assert await claim_all(settings, 100) == []


@pytest.mark.long_prove
@pytest.mark.timeout(900)
async def test_a_thousand_users_get_a_thousand_owners(settings: BusSettings) -> None:
    assert await claim_all(settings, 1000) == []


@pytest.mark.timeout(120)
async def test_each_of_a_hundred_deaths_within_the_dedup_window_is_followed_by_a_start(
    settings: BusSettings,
) -> None:
    launcher, order, started, asked = Tasks(), OrderId(uuid7()), 0, 0
    async with (
        open_bus(settings) as bus,
        a_house(bus=bus) as house,
        anyio.create_task_group() as tasks,
    ):
        stopping = anyio.Event()
        tasks.start_soon(serve, bus, services_of(house, launcher), stopping)
        while started < 100:
            # An ask that the queue did not take in time is logged; the relay asks anew, as here.
            await ask_for_worker(house.ports, house.user, cause=order, attempt=asked, parent="")
            asked += 1
            with anyio.move_on_after(10):
                await until_started(launcher)
                launcher.running.clear()
                started += 1
            assert asked <= started + 3
        stopping.set()

    assert started == 100
