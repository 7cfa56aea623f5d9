"""A control plane in memory: a record, a post, a launcher, and a clock that a test moves."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from bus.envelope import InTrace
from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.messages import FindOrphans, HealOrphan
from bus.values import HOUSE, SystemClock, UserId, WorkerId
from handlers.control.healing import heal
from handlers.control.maintenance import find_orphans
from handlers.launcher.base import Launcher, LauncherUnavailableError, Task
from handlers.records.views import WorkerView
from handlers.services import Services
from handlers.store.memory import MemoryStore
from tests.builders import ManualClock
from tests.contract.store.house import House

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bus.bundle import Bus
    from bus.messages import Message
    from bus.values import Clock


class Tasks(Launcher):
    """Tasks that run as soon as they are launched, and end when stopped."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self.running: dict[WorkerId, Task] = {}
        self.newest = ""
        self.is_away = False

    @override
    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        self._answer()
        task = Task(
            worker_id=worker,
            user_id=user,
            ref="1",
            started_at=self._clock.now(),
            version=self.newest,
        )
        return self.running.setdefault(worker, task)

    @override
    async def stop(self, task: Task) -> None:
        self._answer()
        self.running.pop(task.worker_id, None)

    @override
    async def list(self) -> Sequence[Task]:
        self._answer()
        return list(self.running.values())

    @override
    async def version(self) -> str:
        return self.newest

    def _answer(self) -> None:
        if self.is_away:
            raise LauncherUnavailableError("the launcher is away")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Everything that a control plane works with."""

    services: Services
    house: House
    bus: Bus
    launcher: Tasks
    clock: ManualClock

    async def later(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.go_on(timedelta(seconds=seconds))

    async def seen(self, worker: WorkerId, user: UserId | None = None, **fields: object) -> None:
        """Have a worker say how it is."""
        at = self.clock.now()
        told: dict[str, object] = {
            "id": worker, "user_id": user, "state": "warm" if user is None else "active",
            "epoch": None, "pid": 7, "host": "here", "started_at": at, "last_seen_at": at,
        }  # fmt: skip
        await self.services.store.workers.put(msgspec.convert(told | fields, WorkerView))

    async def find(self) -> list[HealOrphan]:
        """Take one turn of maintenance."""
        told = await find_orphans(FindOrphans(user_id=HOUSE), self.services)
        found = [each.message if isinstance(each, InTrace) else each for each in told]
        assert all(isinstance(each, HealOrphan) for each in found)
        return [each for each in found if isinstance(each, HealOrphan)]

    async def heal_all(self) -> list[Message]:
        """Take one turn and heal what it finds; return what the healing asks for."""
        asked: list[Message] = []
        for finding in await self.find():
            asked += await heal(finding, self.services)
        return asked


@asynccontextmanager
async def a_place(*, pool_size: int = 0) -> AsyncGenerator[Place]:
    """Open one."""
    clock = ManualClock(datetime.now(UTC))
    launcher = Tasks(clock)
    async with open_memory_bus(clock) as bus:
        store = MemoryStore(clock)
        services = Services(
            store=store,
            pool=bus.pool,
            hints=bus.hints,
            launcher=launcher,
            clock=clock,
            pool_size=pool_size,
        )

        async def later(seconds: float) -> None:
            clock.go_on(timedelta(seconds=seconds))

        house = House(store=store, clock=clock, later=later)
        yield Place(services=services, house=house, bus=bus, launcher=launcher, clock=clock)


def a_worker_id() -> WorkerId:
    return WorkerId(uuid7())


MARK = timedelta(seconds=15)
