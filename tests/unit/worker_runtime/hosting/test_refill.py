"""The control plane is asked to look at the pool when a host starts, and after each claim."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.base import Destination
from bus.ids import uuid7
from bus.messages import KeepPool
from bus.values import HOUSE, UserId
from handlers.launcher.wire import Changed
from tests.unit.worker_runtime.hosting.fake_zygote import a_child, a_launcher
from tests.unit.worker_runtime.world import FAST, a_world
from worker_runtime.hosting.refill import Refill

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from bus.base import Delivery
    from handlers.launcher.wire import Child
    from tests.unit.worker_runtime.hosting.fake_zygote import FakeZygote

pytestmark = pytest.mark.anyio


@dataclass
class Place:
    """A host's pool, and what the control plane is asked."""

    zygote: FakeZygote
    deliveries: AsyncIterator[Delivery]

    async def asked(self) -> object:
        delivery = await anext(self.deliveries)
        await delivery.ack()
        return delivery.envelope.message

    def a_warm_worker(self) -> Child:
        child = a_child()
        self.zygote.say(Changed(child=child))
        return child


@asynccontextmanager
async def a_place() -> AsyncGenerator[Place]:
    async with (
        a_world() as world,
        a_launcher() as (launcher, zygote),
        world.bus.subscriber.receive(Destination.MAINTENANCE) as deliveries,
        anyio.create_task_group() as tasks,
    ):
        refill = Refill(world.bus.publisher, world.clock, FAST)
        tasks.start_soon(refill.ask_after_claims, launcher)
        place = Place(zygote, deliveries)
        assert await place.asked() == KeepPool(user_id=HOUSE)
        yield place
        tasks.cancel_scope.cancel()


async def test_a_claimed_worker_is_replaced() -> None:
    async with a_place() as place:
        warm = place.a_warm_worker()

        place.zygote.say(Changed(child=msgspec.structs.replace(warm, user_id=UserId(uuid7()))))

        assert await place.asked() == KeepPool(user_id=HOUSE)


async def test_a_worker_that_was_claimed_and_died_at_once_is_replaced() -> None:
    async with a_place() as place:
        warm = place.a_warm_worker()

        place.zygote.end(msgspec.structs.replace(warm, user_id=UserId(uuid7())))

        assert await place.asked() == KeepPool(user_id=HOUSE)


async def test_a_lease_of_a_worker_that_has_its_user_asks_for_nothing() -> None:
    async with a_place() as place:
        serving = a_child(user=UserId(uuid7()))
        place.zygote.say(Changed(child=serving))

        place.zygote.say(Changed(child=msgspec.structs.replace(serving, epoch=1)))

        with anyio.move_on_after(0.1) as patience:
            await place.asked()
        assert patience.cancelled_caught
