"""A message that nobody can carry out holds its group up for 20 s at most, and is then seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest
import trio
import trio.testing
from typing_extensions import override

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.messages import StartWorker
from handlers.launcher.base import LauncherUnavailableError, Task
from handlers.services import Services
from handlers.store.memory import MemoryStore
from infra.local.control_plane import serve
from tests.builders import a_user
from tests.simulation.town import MockedClock
from tests.unit.handlers.control_places import Tasks

if TYPE_CHECKING:
    from bus.values import UserId, WorkerId

_HOLDS_UP_FOR = 20.0


class Poisoned(Tasks):
    """Fails, or never answers, for the first message; the user's next one is carried out."""

    def __init__(self, how: str, poison_until: int, clock: MockedClock) -> None:
        super().__init__(clock)
        self._clock = clock
        self._how = how
        self._left = poison_until
        self.tried = 0
        self.resumed_at = 0.0

    @override
    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        self.tried += 1
        if self._left:
            self._left -= 1
            if self._how == "hangs":
                await anyio.sleep_forever()
            raise LauncherUnavailableError("poison") if self._how == "fails" else ValueError("bug")
        self.resumed_at = self._clock.monotonic()
        return await super().launch(worker, user)


async def live(how: str) -> tuple[float, int, str, int]:
    """Return when the group went on, tries until then, the letter's reason and attempts."""
    clock, user, stopping = MockedClock(), a_user(), anyio.Event()
    launcher = Poisoned(how, 3, clock)
    async with open_memory_bus(clock) as bus:
        services = Services(
            store=MemoryStore(clock), pool=bus.pool, hints=bus.hints, launcher=launcher, clock=clock
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve, bus, services, stopping)
            deadline = clock.now() + timedelta(seconds=60)
            message = StartWorker(user_id=user, cause=None, deadline=deadline)
            for _ in range(2):
                sealed = seal(message, clock=clock, dedup_id=uuid7().hex)
                await bus.publisher.publish(Destination.WORKER_CONTROL, sealed)
            while not launcher.running:  # noqa: ASYNC110 - nobody announces it
                await anyio.sleep(0.1)
            stopping.set()
        [letter] = await bus.dead_letters.dead(Destination.WORKER_CONTROL, limit=9)
    return launcher.resumed_at, launcher.tried, letter.reason, letter.attempts


@pytest.mark.parametrize("how", ["fails", "hangs", "is a bug"])
def test_a_poisoned_message_is_set_aside_after_three_tries_and_its_group_goes_on(how: str) -> None:
    async def main() -> tuple[float, int, str, int]:
        began = trio.current_time()
        resumed_at, tried, reason, attempts = await live(how)
        return resumed_at - began, tried, reason, attempts

    clock = trio.testing.MockClock(autojump_threshold=0)
    held_up, tried, reason, attempts = trio.run(main, clock=clock)

    assert held_up <= _HOLDS_UP_FOR
    assert (tried, attempts) == (4, 3)
    assert reason.startswith("attempts_exhausted: ")
