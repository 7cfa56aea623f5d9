"""A request to SQS outlives who waits for it: what a cut one took would be out of sight."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from bus.base import Destination
from bus.codec import encode
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import StopWorker
from bus.raw import RawMessage
from bus.settings import LANES
from bus.sqs.deliveries import open_deliveries
from bus.sqs.lane import Lane
from bus.values import SystemClock, UserId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import timedelta

    from bus.base import Delivery
    from bus.errors import BusError
    from bus.sqs.client import Sqs

pytestmark = pytest.mark.anyio

# Of a FIFO queue, AWS can be asked again for what a lost answer held; of the other it cannot.
KINDS = (Destination.WORKER_CONTROL, Destination.POOL_CLAIM)


class Server:
    """Answers a request when it is told to, with the one message it has."""

    def __init__(self) -> None:
        self.asked = anyio.Event()
        self.answer = anyio.Event()
        self.given = 0
        self.shown_again: list[str] = []

    async def receive(self, _: str, **__: object) -> Sequence[RawMessage]:
        self.asked.set()
        await self.answer.wait()
        self.given += 1
        return [a_message()] if self.given == 1 else []

    async def send(self, *_: object) -> Mapping[str, BusError]:
        raise AssertionError("nobody sends here")

    async def hide(self, _: str, receipt: str, after: timedelta) -> None:
        assert not after
        self.shown_again.append(receipt)


def a_message() -> RawMessage:
    message = StopWorker(user_id=UserId(uuid7()), reason="")
    body = encode(seal(message, clock=SystemClock(), dedup_id="d")).decode()
    return RawMessage(message_id="1", receipt_handle="receipt", body=body)


@pytest.fixture
async def server() -> Server:
    return Server()


@pytest.fixture(params=KINDS)
async def lane(request: pytest.FixtureRequest, server: Server) -> Lane:
    destination: Destination = request.param
    return Lane(cast("Sqs", server), destination, LANES[destination], prefix="")


async def take(deliveries: AsyncIterator[Delivery]) -> None:
    await anext(deliveries)


async def test_what_a_request_brings_after_its_consumer_gave_up_is_there_for_the_next(
    server: Server, lane: Lane
) -> None:
    async with open_deliveries(lane) as deliveries:
        with anyio.CancelScope() as waiting:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(take, deliveries)
                await server.asked.wait()
                waiting.cancel()
        server.answer.set()

        with anyio.fail_after(1):
            delivery = await anext(deliveries)

    assert waiting.cancelled_caught
    assert (server.given, delivery.envelope.dedup_id) == (1, "d")


async def test_what_a_request_brings_while_its_consumer_is_ended_is_shown_to_others(
    server: Server, lane: Lane
) -> None:
    async def consume() -> None:
        async with open_deliveries(lane) as deliveries:
            await take(deliveries)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(consume)
        await server.asked.wait()
        tasks.cancel_scope.cancel()
        # The consumer is leaving by now, and waits for its request.
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.01)
            server.answer.set()
    await lane.give_up_unclaimed()

    assert (server.given, server.shown_again) == (1, ["receipt"])


async def test_a_request_that_never_ends_holds_nobody_up_for_long(
    server: Server, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bus.sqs.deliveries._LEAVING_SECONDS", 0.02)
    with anyio.fail_after(5):
        async with open_deliveries(lane) as deliveries:
            with anyio.move_on_after(0.01), suppress(StopAsyncIteration):
                await anext(deliveries)

    assert server.given == 0
