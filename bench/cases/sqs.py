"""Sends and wake-ups of the queues on what plays SQS here; nothing of it is AWS's own figure."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import anyio

from bench.measure import percentile
from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import StopWorker
from bus.open import create_queues, open_bus
from bus.routing import Carrier
from bus.settings import BusSettings, ValkeyAddress
from bus.sqs_settings import SqsSettings
from bus.values import SystemClock, UserId
from infra.local.embedded import open_emulator

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from bench.measure import Figures, Round
    from bus.base import Delivery, Publisher
    from bus.envelope import Envelope

_LANE = Destination.WORKER_CONTROL
_ALONE = 40
_CALLERS = 32
_EACH = 8
_WAKE_UPS = 12
_PAUSE = 0.13


@asynccontextmanager
async def sqs() -> AsyncGenerator[Round]:
    """Measure one caller, 32 callers, and a waiting consumer."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        emulator = await stack.enter_async_context(
            open_emulator(folder, furnish=lambda url: create_queues(_settings(url)))
        )
        bus = await stack.enter_async_context(open_bus(_settings(emulator.url)))
        deliveries = await stack.enter_async_context(bus.subscriber.receive(_LANE))

        async def take_round() -> Figures:
            alone = [await _send(bus.publisher) for _ in range(_ALONE)]
            took = await _send_together(bus.publisher)
            for _ in range(_ALONE + _CALLERS * _EACH):
                await (await anext(deliveries)).ack()
            wakes = [await _wake(bus.publisher, deliveries) for _ in range(_WAKE_UPS)]
            return {
                "send_p50_ms": percentile(alone, 0.5) * 1e3,
                "sends_per_s_of_32": _CALLERS * _EACH / took,
                "wakeup_p50_ms": percentile(wakes, 0.5) * 1e3,
            }

        yield take_round


def _settings(url: str) -> BusSettings:
    sqs = SqsSettings(region="us-east-1", endpoint_url=url, signs_as_nobody=True)
    return BusSettings(valkey=ValkeyAddress(), queues=Carrier.SQS, sqs=sqs)


def _letter() -> Envelope:
    message = StopWorker(user_id=UserId(uuid7()), reason="bench")
    return seal(message, clock=SystemClock(), dedup_id=str(message.user_id))


async def _send(publisher: Publisher) -> float:
    began = perf_counter()
    await publisher.publish(_LANE, _letter())
    return perf_counter() - began


async def _send_together(publisher: Publisher) -> float:
    """Return the seconds that all callers took together."""

    async def send_all() -> None:
        for _ in range(_EACH):
            await _send(publisher)

    began = perf_counter()
    async with anyio.create_task_group() as tasks:
        for _ in range(_CALLERS):
            tasks.start_soon(send_all)
    return perf_counter() - began


async def _wake(publisher: Publisher, deliveries: AsyncIterator[Delivery]) -> float:
    """Return the seconds from the publishing to the delivery, for a consumer that waits."""
    arrived = began = 0.0

    async def take() -> None:
        nonlocal arrived
        delivery = await anext(deliveries)
        arrived = perf_counter()
        await delivery.ack()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take)
        await anyio.sleep(_PAUSE)
        began = perf_counter()
        await publisher.publish(_LANE, _letter())
    return arrived - began
