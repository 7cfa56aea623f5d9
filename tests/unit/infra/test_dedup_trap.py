"""A worker that dies while a queue still remembers its start is started again."""

from __future__ import annotations

import anyio
import pytest

from bus.base import Destination
from bus.ids import uuid7
from bus.settings import LANES
from bus.values import OrderId
from edge.alerts.dispatch import ask_for_worker
from handlers.services import Services
from infra.local.control.control_plane import serve
from tests.unit.edge.house import House, a_house
from tests.unit.handlers.control.control_places import Tasks

pytestmark = pytest.mark.anyio

_DEATHS = 100


async def until_started(launcher: Tasks) -> None:
    while not launcher.running:  # noqa: ASYNC110 - nobody announces it
        await anyio.sleep(0.001)


def services_of(house: House, launcher: Tasks) -> Services:
    ports = house.ports
    return Services(
        store=ports.store,
        pool=ports.bus.pool,
        hints=ports.bus.hints,
        launcher=launcher,
        clock=ports.clock,
    )


async def test_each_of_a_hundred_deaths_is_followed_by_another_start() -> None:
    launcher, started, order = Tasks(), 0, OrderId(uuid7())
    async with a_house() as house, anyio.create_task_group() as tasks:
        stopping = anyio.Event()
        tasks.start_soon(serve, house.ports.bus, services_of(house, launcher), stopping)
        for attempt in range(_DEATHS):
            # As the relay counts it in the outbox, all within the window: the clock stands still.
            await ask_for_worker(house.ports, house.user, cause=order, attempt=attempt, parent="")
            with anyio.fail_after(5):
                await until_started(launcher)
            launcher.running.clear()
            started += 1
        stopping.set()

    assert LANES[Destination.WORKER_CONTROL].dedup_window.total_seconds() == 300
    assert started == _DEATHS


async def test_the_same_attempt_said_twice_is_one_start() -> None:
    launcher, order = Tasks(), OrderId(uuid7())
    async with a_house() as house, anyio.create_task_group() as tasks:
        stopping = anyio.Event()
        tasks.start_soon(serve, house.ports.bus, services_of(house, launcher), stopping)
        await ask_for_worker(house.ports, house.user, cause=order, attempt=1, parent="")
        await until_started(launcher)
        launcher.running.clear()

        await ask_for_worker(house.ports, house.user, cause=order, attempt=1, parent="")

        with anyio.move_on_after(0.1):
            await until_started(launcher)
        assert launcher.running == {}
        stopping.set()
