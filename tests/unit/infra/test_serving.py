"""How long a served queue waits for a server that is away."""

from __future__ import annotations

import dataclasses
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
import trio
import trio.testing

from bus.base import Destination, Subscriber
from bus.envelope import seal
from bus.errors import TransportUnavailableError
from bus.memory import open_memory_bus
from bus.messages import KeepPool
from bus.values import HOUSE
from handlers.services import Services
from handlers.store.memory import MemoryStore
from infra.local.control.serving import ServedQueue
from tests.simulation.town import MockedClock
from tests.unit.bus.noted import Delivered
from tests.unit.handlers.control.control_places import Tasks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

    from bus.base import Delivery
    from bus.values import Clock

    # What happens while the queue is listened to, before it breaks.
    Spell = Callable[[Clock], AsyncIterator[Delivery]]


async def away(_: Clock) -> AsyncIterator[Delivery]:
    for nothing in list["Delivery"]():
        yield nothing


async def one_comes(clock: Clock) -> AsyncIterator[Delivery]:
    yield Delivered(seal(KeepPool(user_id=HOUSE), clock=clock, dedup_id="1"), [])


async def quiet(_: Clock) -> AsyncIterator[Delivery]:
    await anyio.sleep(60)
    for nothing in list["Delivery"]():
        yield nothing


class Breaking(Subscriber):
    """A queue that breaks after each spell, and for ever after the last."""

    def __init__(self, clock: Clock, spells: Sequence[Spell]) -> None:
        self._clock = clock
        self._spells = list(spells)
        self._broke_at = clock.monotonic()
        self.waits: list[float] = []
        self.is_over = anyio.Event()

    @asynccontextmanager
    async def receive(self, destination: Destination) -> AsyncGenerator[AsyncIterator[Delivery]]:
        del destination
        self.waits.append(round(self._clock.monotonic() - self._broke_at, 3))
        yield self._spell()

    async def _spell(self) -> AsyncIterator[Delivery]:
        if not self._spells:
            self.is_over.set()
            await anyio.sleep_forever()
        async for delivery in self._spells.pop(0)(self._clock):
            yield delivery
        self._broke_at = self._clock.monotonic()
        raise TransportUnavailableError("away")


async def waits(*spells: Spell) -> list[float]:
    """Serve a queue through these spells; return how long each was waited for."""
    clock, stopping = MockedClock(), anyio.Event()
    queue = Breaking(clock, spells)
    async with open_memory_bus(clock) as memory, anyio.create_task_group() as tasks:
        bus = dataclasses.replace(memory, subscriber=queue)
        services = Services(
            store=MemoryStore(clock),
            pool=bus.pool,
            hints=bus.hints,
            launcher=Tasks(clock),
            clock=clock,
        )
        tasks.start_soon(ServedQueue(Destination.MAINTENANCE, bus, services).run, stopping)
        await queue.is_over.wait()
        stopping.set()
    return queue.waits


@pytest.mark.parametrize("success", [one_comes, quiet], ids=["a message", "a quiet minute"])
def test_after_a_success_the_server_is_waited_for_as_shortly_as_at_first(success: Spell) -> None:
    waited = trio.run(
        waits,
        *(away, away, away, success, away),
        clock=trio.testing.MockClock(autojump_threshold=0),
    )

    assert waited == [0, 0.1, 0.2, 0.5, 0.1, 0.2]


def test_a_server_that_stays_away_is_waited_for_longer_each_time() -> None:
    waited = trio.run(waits, *[away] * 8, clock=trio.testing.MockClock(autojump_threshold=0))

    assert waited == [0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 5.0, 5.0]
