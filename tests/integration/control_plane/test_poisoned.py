"""A body that no consumer can read is set aside within seconds, with its reason."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import pytest

import bus.sqs.form
import bus.valkey.lanes
from bus.codec import encode
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import StopWorker
from bus.open import open_bus
from bus.values import SystemClock
from handlers.control.dead_letters import QUEUES
from tests.builders import a_user
from tests.integration.control_plane.served import CARRIERS, a_post, functions_at, served
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bus.base import DeadLetter, Destination
    from bus.bundle import Bus
    from bus.envelope import Envelope
    from bus.settings import BusSettings
    from tests.servers.valkey import ValkeyServer

pytestmark = [
    pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey, pytest.mark.timeout(60),
]  # fmt: skip

CLOCK = SystemClock()
WITHIN_S = 5.0
BODIES: dict[str, Callable[[Envelope], bytes]] = {
    "no JSON": lambda _: b"poison",
    "a later version's message": lambda envelope: encode(envelope).replace(
        b'"type":"stop_worker"', b'"type":"unheard_of"'
    ),
    "a later version's field": lambda envelope: encode(envelope).replace(
        b'"reason":', b'"surplus":1,"reason":'
    ),
}


@dataclass
class Post:
    """A post that is served, into which bodies of any kind can be put."""

    bus: Bus
    monkeypatch: pytest.MonkeyPatch

    async def put(self, queue: Destination, write: Callable[[Envelope], bytes] = encode) -> None:
        """Publish a message whose body is written so."""
        message = StopWorker(user_id=a_user(), reason="")
        with self.monkeypatch.context() as patched:
            patched.setattr(bus.valkey.lanes, "encode", write)
            patched.setattr(bus.sqs.form, "encode", write)
            await self.bus.publisher.publish(
                queue, seal(message, clock=CLOCK, dedup_id=uuid7().hex)
            )

    async def set_aside(self, queue: Destination, *, reason: str) -> DeadLetter:
        """Wait for a letter that was set aside for this reason."""
        with anyio.fail_after(WITHIN_S):
            while True:
                for letter in await self.bus.dead_letters.dead(queue, limit=10):
                    if letter.reason.startswith(reason):
                        return letter
                await anyio.sleep(0.02)


@pytest.fixture(params=CARRIERS)
async def settings(
    request: pytest.FixtureRequest, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> BusSettings:
    return await a_post(request.param, valkey, monkeypatch)


@pytest.fixture
async def post(settings: BusSettings, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Post]:
    async with AsyncExitStack() as stack:
        dsn = stack.enter_context(fresh_database(template=migrated_template()))
        stack.enter_context(functions_at(settings, dsn, monkeypatch))
        opened = await stack.enter_async_context(open_bus(settings))
        await stack.enter_async_context(served(settings, dsn, opened))
        yield Post(opened, monkeypatch)


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("body", BODIES)
async def test_body_that_nobody_can_read_is_set_aside_with_its_reason(
    post: Post, queue: Destination, body: str
) -> None:
    await post.put(queue, BODIES[body])

    letter = await post.set_aside(queue, reason="undecodable: ")

    assert (letter.envelope, letter.attempts) == (None, 1)
    assert len(await post.bus.dead_letters.dead(queue, limit=10)) == 1
