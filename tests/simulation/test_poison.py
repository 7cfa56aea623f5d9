"""A message that nobody can carry out holds its group up for 20 s at most, and is then seen.

One that only lacks a launcher is no such message: it is tried until nobody wants it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest
import trio
import trio.testing
from typing_extensions import override

from bus.base import DeadLetter, Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.memory import open_memory_bus
from handlers.asking.wanted_worker import wanted_worker
from handlers.launcher.base import LauncherUnavailableError, Task
from handlers.services import Services
from handlers.store.memory import MemoryStore
from handlers.store.memory.leases import MemoryLeases
from handlers.store.memory.tables import Tables
from infra.local.control.control_plane import serve
from tests.builders import a_user
from tests.simulation.town import MockedClock
from tests.unit.handlers.control.control_places import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import UserId
    from handlers.records.orders import Lease

_HOLDS_UP_FOR = 20.0


class Poisoned(MemoryLeases):
    """Hangs, or fails by a bug, for the first three messages; then nobody holds a lease."""

    def __init__(self, how: str, clock: MockedClock) -> None:
        super().__init__(Tables(clock))
        self._how = how
        self.tried = 0

    @override
    async def holder(self, user: UserId) -> Lease | None:
        self.tried += 1
        if self.tried > 3:
            return None
        if self._how == "hangs":
            await anyio.sleep_forever()
        raise ValueError("bug")


class Absent(Tasks):
    """A launcher that is away for some time."""

    def __init__(self, clock: MockedClock, *, until: float) -> None:
        super().__init__(clock)
        self._back_at = clock.monotonic() + until
        self._wall = clock
        self.tried = 0

    @override
    async def list(self) -> Sequence[Task]:
        self.tried += 1
        if self._wall.monotonic() < self._back_at:
            raise LauncherUnavailableError("away")
        return await super().list()


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a run went: when the user got a worker, and what was set aside meanwhile."""

    after_s: float
    letters: Sequence[DeadLetter]


async def live(
    clock: MockedClock, launcher: Tasks, leases: MemoryLeases | None, *, starts: int
) -> Ended:
    """Ask for a worker so many times at once, and again every 10 s, until there is one."""
    user, stopping = a_user(), anyio.Event()
    began = after_s = clock.monotonic()
    async with open_memory_bus(clock) as bus:
        store = MemoryStore(clock)
        store.leases = leases or store.leases
        services = Services(
            store=store, pool=bus.pool, hints=bus.hints, launcher=launcher, clock=clock
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve, bus, services, stopping)
            while not launcher.running:
                message = wanted_worker(user, clock)
                for _ in range(starts):
                    sealed = seal(
                        message, clock=clock, dedup_id=uuid7().hex, deadline=message.deadline
                    )
                    await bus.publisher.publish(Destination.WORKER_CONTROL, sealed)
                with anyio.move_on_after(10):
                    await until(lambda: bool(launcher.running))
            after_s = clock.monotonic() - began
            stopping.set()
        letters = await bus.dead_letters.dead(Destination.WORKER_CONTROL, limit=999)
    return Ended(after_s=after_s, letters=letters)


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 - nobody announces it
        await anyio.sleep(0.1)


@pytest.mark.parametrize("how", ["hangs", "is a bug"])
def test_a_poisoned_message_is_set_aside_after_three_tries_and_its_group_goes_on(how: str) -> None:
    async def main() -> None:
        clock = MockedClock()
        poisoned = Poisoned(how, clock)

        ended = await live(clock, Tasks(clock), poisoned, starts=2)

        assert ended.after_s <= _HOLDS_UP_FOR
        [letter] = ended.letters
        assert letter.attempts == 3
        assert letter.reason.startswith("attempts_exhausted: ")

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def test_a_start_outlives_a_launcher_that_is_away_for_less_than_its_deadline() -> None:
    async def main() -> None:
        clock = MockedClock()
        launcher = Absent(clock, until=40.0)

        ended = await live(clock, launcher, None, starts=1)

        # A pause, no storm: 2 s, 4 s, at once, and again; schedules look as well.
        assert launcher.tried <= 45
        assert ended.after_s <= 40.0 + 4.5
        assert not ended.letters

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def test_a_start_is_given_up_at_its_deadline_and_seen_once_however_many_follow() -> None:
    async def main() -> None:
        clock = MockedClock()
        launcher = Absent(clock, until=240.0)

        ended = await live(clock, launcher, None, starts=2)

        assert ended.after_s >= 240.0
        [letter] = ended.letters
        assert letter.reason.startswith("WorkerNotStartedError: ")
        assert letter.reason.endswith(": away")

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
