"""Serves the queues that say who should have a worker, wherever a launcher is at hand."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from bus.base import Destination
from bus.dispatch import Dispatcher, Publishing
from bus.errors import TransportUnavailableError
from bus.middleware import deadline, expired
from bus.verdicts import Ack
from handlers.verdicts import judge
from handlers.wiring import HANDLERS
from worker_runtime.pace import Pace, Pauses

if TYPE_CHECKING:
    from bus.base import Delivery
    from bus.bundle import Bus
    from handlers.services import Services

_LANES = (Destination.WORKER_CONTROL, Destination.POOL_CLAIM)
# Below both lanes' visibility: another consumer must not start while this one still works.
_LIMIT = timedelta(seconds=8)
_AT_ONCE = 8

_log = logging.getLogger(__name__)


class Control:
    """Consumes the lanes with the house's own handlers."""

    def __init__(self, bus: Bus, services: Services, *, pace: Pace) -> None:
        self._bus = bus
        self._pace = pace
        self._room = anyio.CapacityLimiter(_AT_ONCE)
        self._dispatcher = Dispatcher(
            HANDLERS,
            services,
            judge=judge,
            publish=Publishing(bus.publisher, services.clock),
            middleware=(expired(services.clock), deadline(services.clock, limit=_LIMIT)),
        )

    async def run(self) -> None:
        """Serve until cancelled."""
        async with anyio.create_task_group() as tasks:
            for lane in _LANES:
                tasks.start_soon(self._serve, lane)

    async def _serve(self, lane: Destination) -> None:
        pauses = Pauses(self._pace)
        while True:
            try:
                async with (
                    self._bus.subscriber.receive(lane) as deliveries,
                    anyio.create_task_group() as tasks,
                ):
                    async for delivery in deliveries:
                        await self._room.acquire_on_behalf_of(delivery)
                        tasks.start_soon(self._dispatch, delivery)
            except* TransportUnavailableError:
                _log.warning("lane_unavailable", extra={"lane": lane.value})
            await anyio.sleep(pauses.take())

    async def _dispatch(self, delivery: Delivery) -> None:
        try:
            verdict = await self._dispatcher.dispatch(delivery)
            if not isinstance(verdict, Ack):
                kind = type(delivery.envelope.message).__name__
                _log.warning("control_message_failed", extra={"type": kind, "why": verdict.reason})
        finally:
            self._room.release_on_behalf_of(delivery)
