"""Who should have a worker: asking twice does no more than asking once."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest
from typing_extensions import override

from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.messages import ClaimWorker, Drain, StartWorker, StopWorker
from bus.values import SystemClock, UserId, WorkerId
from handlers.control.workers import WorkerNotStartedError, claim_worker, start_worker, stop_worker
from handlers.launcher.base import LauncherUnavailableError
from handlers.services import Services
from handlers.store.memory import MemoryStore
from tests.unit.handlers.control.control_places import Tasks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from bus.values import Clock

pytestmark = pytest.mark.anyio

CLOCK = SystemClock()
USER = UserId(uuid7())


def soon() -> datetime:
    return CLOCK.now() + timedelta(seconds=30)


def a_start(*, deadline: datetime | None = None) -> StartWorker:
    return StartWorker(user_id=USER, cause=None, deadline=deadline or soon())


class WornClock(SystemClock):
    """Runs ahead by as much as a test lets pass."""

    ahead = timedelta(0)

    @override
    def now(self) -> datetime:
        return super().now() + self.ahead


@dataclass
class Place:
    """Services over memory, and the launcher as a test reads it."""

    services: Services
    launcher: Tasks = field(default_factory=Tasks)


@asynccontextmanager
async def a_place(clock: Clock = CLOCK) -> AsyncGenerator[Place]:
    launcher = Tasks()
    async with open_memory_bus(CLOCK) as bus:
        store = MemoryStore(CLOCK)
        await store.identity.add_user(USER, email="a@example.org", password_hash="-")
        services = Services(
            store=store, pool=bus.pool, hints=bus.hints, launcher=launcher, clock=clock
        )
        yield Place(services, launcher)


async def test_a_user_without_a_worker_gets_a_new_one() -> None:
    async with a_place() as place:
        await start_worker(a_start(), place.services)

        assert [task.user_id for task in await place.launcher.list()] == [USER]


async def test_a_warm_worker_is_taken_before_a_new_one_is_launched() -> None:
    async with a_place() as place:
        warm = WorkerId(uuid7())
        await place.services.pool.offer(warm)

        await start_worker(a_start(), place.services)

        handed = await place.services.pool.await_claim(warm, timeout=timedelta(0))
        assert handed == USER
        assert not place.launcher.running


async def test_a_user_who_is_served_is_left_alone() -> None:
    async with a_place() as place:
        await place.services.store.leases.take(USER, WorkerId(uuid7()))

        await start_worker(a_start(), place.services)

        assert not place.launcher.running


async def test_asking_twice_starts_one_worker() -> None:
    async with a_place() as place:
        await start_worker(a_start(), place.services)

        await start_worker(a_start(), place.services)

        assert len(place.launcher.running) == 1


async def test_a_start_past_its_deadline_gives_up_visibly() -> None:
    async with a_place() as place:
        with pytest.raises(WorkerNotStartedError, match="before"):
            await start_worker(a_start(deadline=CLOCK.now()), place.services)

        assert not place.launcher.running


async def test_a_start_is_asked_again_while_nothing_starts_workers() -> None:
    async with a_place() as place:
        place.launcher.is_away = True

        with pytest.raises(LauncherUnavailableError):
            await start_worker(a_start(), place.services)


async def test_its_last_try_gives_up_visibly_and_once_for_all_that_follow() -> None:
    last = CLOCK.now() + timedelta(seconds=4)
    async with a_place() as place:
        place.launcher.is_away = True
        with pytest.raises(WorkerNotStartedError, match="the launcher is away"):
            await start_worker(a_start(deadline=last), place.services)

        assert await start_worker(a_start(deadline=last), place.services) == ()


async def test_a_user_who_was_given_up_long_ago_is_given_up_visibly_again() -> None:
    clock = WornClock()
    async with a_place(clock) as place:
        place.launcher.is_away = True
        for _ in range(2):
            with pytest.raises(WorkerNotStartedError):
                await start_worker(
                    a_start(deadline=clock.now() + timedelta(seconds=4)), place.services
                )
            clock.ahead += timedelta(minutes=5)


async def test_a_launcher_that_never_answers_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: object) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr("handlers.control.workers._PATIENCE", 0.01)
    async with a_place() as place:
        monkeypatch.setattr(place.launcher, "launch", hang)

        with pytest.raises(LauncherUnavailableError):
            await start_worker(a_start(), place.services)


async def test_a_late_start_for_a_user_who_is_served_is_no_failure() -> None:
    async with a_place() as place:
        await place.services.store.leases.take(USER, WorkerId(uuid7()))

        assert await start_worker(a_start(deadline=CLOCK.now()), place.services) == ()


async def test_a_promise_that_nobody_kept_is_kept_by_another_worker() -> None:
    async with a_place() as place:
        promised = ClaimWorker(user_id=USER, worker_id=WorkerId(uuid7()), deadline=soon())

        await claim_worker(promised, place.services)

        assert [task.user_id for task in await place.launcher.list()] == [USER]


async def test_a_worker_that_the_launcher_knows_is_stopped_by_it() -> None:
    async with a_place() as place:
        await start_worker(a_start(), place.services)

        messages = await stop_worker(StopWorker(user_id=USER, reason="asked"), place.services)

        assert not place.launcher.running
        assert messages == ()


async def test_a_worker_that_the_launcher_does_not_know_is_told_to_leave() -> None:
    async with a_place() as place:
        await place.services.store.leases.take(USER, WorkerId(uuid7()))

        messages = await stop_worker(StopWorker(user_id=USER, reason="asked"), place.services)

        assert messages == (Drain(user_id=USER, reason="asked"),)


async def test_stopping_nobody_does_nothing() -> None:
    async with a_place() as place:
        assert await stop_worker(StopWorker(user_id=USER, reason="asked"), place.services) == ()


@asynccontextmanager
async def a_place_with_a_worker_without_lease() -> AsyncGenerator[tuple[Place, WornClock]]:
    """A user's worker runs for a minute, and its lease has run out."""
    clock = WornClock()
    launcher = Tasks(clock)
    async with open_memory_bus(CLOCK) as bus:
        services = Services(
            store=MemoryStore(CLOCK),
            pool=bus.pool,
            hints=bus.hints,
            launcher=launcher,
            clock=clock,
        )
        await launcher.launch(WorkerId(uuid7()), USER)
        clock.ahead += timedelta(seconds=60)
        yield Place(services, launcher), clock


def a_late_start() -> StartWorker:
    return a_start(deadline=CLOCK.now() + timedelta(hours=1))


async def test_a_hung_worker_is_stopped_and_replaced() -> None:
    async with a_place_with_a_worker_without_lease() as (place, clock):
        [hung] = place.launcher.running
        await start_worker(a_late_start(), place.services)
        clock.ahead += timedelta(seconds=11)

        await start_worker(a_late_start(), place.services)

        [task] = place.launcher.running.values()
        assert task.user_id == USER
        assert task.worker_id != hung


@pytest.mark.parametrize("later", [timedelta(seconds=5), timedelta(minutes=5)])
async def test_a_worker_gets_time_to_renew_before_it_counts_as_hung(later: timedelta) -> None:
    async with a_place_with_a_worker_without_lease() as (place, clock):
        [living] = place.launcher.running
        await start_worker(a_late_start(), place.services)
        clock.ahead += later

        await start_worker(a_late_start(), place.services)

        assert list(place.launcher.running) == [living]


async def test_a_young_worker_gets_time_to_take_its_lease() -> None:
    async with a_place_with_a_worker_without_lease() as (place, clock):
        [grown] = place.launcher.running.values()
        await place.launcher.stop(grown)
        await start_worker(a_late_start(), place.services)
        [young] = place.launcher.running
        await start_worker(a_late_start(), place.services)
        clock.ahead += timedelta(seconds=15)

        await start_worker(a_late_start(), place.services)

        assert list(place.launcher.running) == [young]


async def test_a_worker_that_renewed_in_between_is_not_hung() -> None:
    async with a_place_with_a_worker_without_lease() as (place, clock):
        [living] = place.launcher.running
        await start_worker(a_late_start(), place.services)
        lease = await place.services.store.leases.take(USER, living)
        assert lease is not None
        await start_worker(a_late_start(), place.services)
        await place.services.store.leases.release(lease)
        clock.ahead += timedelta(seconds=11)

        await start_worker(a_late_start(), place.services)

        assert list(place.launcher.running) == [living]
