"""What the canary says of a flight that failed, and when it flies first."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.values import OrderId, SystemClock
from handlers.store.memory import MemoryStore
from infra.local.observing.canary import Canary, Flight
from infra.local.observing.canary_settings import CanarySettings
from tests.unit.handlers.observing.told import Meters

if TYPE_CHECKING:
    import aiohttp

pytestmark = pytest.mark.anyio

EVERY = 0.1
LOST = Flight(ended="late", status=202, order_id=OrderId(uuid7()), trace_id="ab" * 16)


class Lost(Canary):
    """One that is lost each time."""

    def __init__(self, meters: Meters) -> None:
        clock = SystemClock()
        settings = CanarySettings(url="http://127.0.0.1:9/", every=EVERY)
        super().__init__(settings, MemoryStore(clock).watch, clock, meters)  # pyright: ignore[reportArgumentType] - remembers instead
        self.flown_at = anyio.current_time()
        self.has_flown = anyio.Event()

    async def fly(self, session: aiohttp.ClientSession) -> Flight:
        del session
        self.flown_at = anyio.current_time()
        self.has_flown.set()
        return LOST


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_failed_flight_is_counted_and_names_its_order_and_trace(
    caplog: pytest.LogCaptureFixture, anyio_backend: str
) -> None:
    del anyio_backend
    meters, began = Meters(), anyio.current_time()
    canary = Lost(meters)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(canary.run)
        await canary.has_flown.wait()
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()

    assert canary.flown_at - began >= EVERY
    assert meters.counted["fourpass.canary.flights"].told == [(1, {"ended": "late"})]
    [line] = [each for each in caplog.records if each.msg == "canary_failed"]
    assert line.levelno == logging.ERROR
    told = {name: line.__dict__[name] for name in ("ended", "status", "order_id", "trace_id")}
    assert told == {"ended": "late", "status": 202, "order_id": str(LOST.order_id),
                    "trace_id": LOST.trace_id}  # fmt: skip
