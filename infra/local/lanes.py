"""Serves the queues of the control plane with the house's handlers, as Lambda's trigger would.

Of a FIFO queue one message of a group is in hand at a time: the queue sees to that, and batches of
one keep a poisoned message from counting its innocent followers to death.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import chain, repeat
from types import MappingProxyType
from typing import TYPE_CHECKING

import anyio

from bus.base import Destination
from bus.dispatch import Dispatcher, Publishing
from bus.errors import TransportUnavailableError
from bus.middleware import deadline, expired
from bus.verdicts import Ack
from handlers.verdicts import judge
from handlers.wiring import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyio.abc import TaskGroup

    from bus.base import Delivery
    from bus.bundle import Bus
    from bus.envelope import Envelope
    from handlers.services import Services

# Three attempts and the pauses between them stay under the 20 s that a poisoned message may hold
# its group up; each stays below the queue's visibility, or another consumer starts meanwhile.
LIMITS: Mapping[Destination, timedelta] = MappingProxyType(
    {
        Destination.WORKER_CONTROL: timedelta(seconds=5),
        Destination.ORDER_TASKS: timedelta(seconds=5),
        Destination.POOL_CLAIM: timedelta(seconds=5),
        Destination.MAINTENANCE: timedelta(seconds=30),
    }
)
_AT_ONCE = 8
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_log = logging.getLogger(__name__)


class Lane:
    """One queue and the handlers behind it."""

    def __init__(self, destination: Destination, bus: Bus, services: Services) -> None:
        self._destination = destination
        self._subscriber = bus.subscriber
        self._room = anyio.CapacityLimiter(_AT_ONCE)
        self._dispatcher = Dispatcher(
            HANDLERS,
            services,
            judge=judge,
            publish=Publishing(bus.publisher, services.clock),
            middleware=(
                expired(services.clock),
                deadline(services.clock, limit=LIMITS[destination]),
            ),
        )

    async def run(self, stopping: anyio.Event) -> None:
        """Serve until it is time to stop, then finish what is in hand.

        A server that is away is waited for, longer each time.
        """
        pauses = chain(_PAUSES, repeat(_PAUSES[-1]))
        async with anyio.create_task_group() as in_hand:
            with anyio.CancelScope() as receiving:
                in_hand.start_soon(_end, receiving, stopping)
                for pause in pauses:
                    await self._receive(in_hand)
                    await anyio.sleep(pause)

    async def carry_out(self, envelope: Envelope) -> None:
        """Handle what no queue brought, such as a turn of a schedule; raises what it raises."""
        await self._dispatcher.carry_out(envelope)

    async def _receive(self, in_hand: TaskGroup) -> None:
        try:
            async with self._subscriber.receive(self._destination) as deliveries:
                async for delivery in deliveries:
                    await self._room.acquire_on_behalf_of(delivery)
                    in_hand.start_soon(self._dispatch, delivery)
        except TransportUnavailableError:
            _log.warning("lane_unavailable", extra={"lane": self._destination.value})

    async def _dispatch(self, delivery: Delivery) -> None:
        try:
            verdict = await self._dispatcher.dispatch(delivery)
            if not isinstance(verdict, Ack):
                kind = type(delivery.envelope.message).__name__
                _log.warning("control_message_failed", extra={"type": kind, "why": verdict.reason})
        finally:
            self._room.release_on_behalf_of(delivery)


async def _end(receiving: anyio.CancelScope, stopping: anyio.Event) -> None:
    await stopping.wait()
    receiving.cancel()
