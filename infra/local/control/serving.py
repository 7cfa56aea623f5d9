"""Serves the queues of the control plane with the house's handlers, as Lambda's trigger would.

Of a FIFO queue one message of a group is in hand at a time: the queue sees to that, and batches of
one keep a poisoned message from counting its innocent followers to death.
"""

from __future__ import annotations

import logging
from itertools import chain, repeat
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from handlers.control.handling import handle
from handlers.wiring import dispatcher_of

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from bus.base import Delivery, Destination
    from bus.bundle import Bus
    from handlers.services import Services

_AT_ONCE = 8
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_log = logging.getLogger(__name__)


class ServedQueue:
    """One queue and the handlers behind it."""

    def __init__(self, destination: Destination, bus: Bus, services: Services) -> None:
        self._destination = destination
        self._subscriber = bus.subscriber
        self._services = services
        self._room = anyio.CapacityLimiter(_AT_ONCE)
        self._dispatcher = dispatcher_of(destination, services, bus.publisher)

    async def run(self, stopping: anyio.Event) -> None:
        """Serve until it is time to stop, then finish what is in hand.

        A server that is away is waited for, longer each time.
        """
        pauses = chain(_PAUSES, repeat(_PAUSES[-1]))
        async with anyio.create_task_group() as in_hand:
            with anyio.CancelScope() as receiving:
                in_hand.start_soon(_end, receiving, stopping)
                while True:
                    if await self._receive(in_hand):
                        pauses = chain(_PAUSES, repeat(_PAUSES[-1]))
                    await anyio.sleep(next(pauses))

    async def _receive(self, in_hand: TaskGroup) -> bool:
        """Hand over what comes until the server is away; says whether it was there before that."""
        began, has_come = anyio.current_time(), False
        try:
            async with self._subscriber.receive(self._destination) as deliveries:
                async for delivery in deliveries:
                    has_come = True
                    await self._room.acquire_on_behalf_of(delivery)
                    in_hand.start_soon(self._dispatch, delivery)
        except TransportUnavailableError:
            _log.warning("queue_unavailable", extra={"queue": self._destination.value})
        # A quiet queue brings nothing; that it was listened to for so long says as much.
        return has_come or anyio.current_time() - began > _PAUSES[-1]

    async def _dispatch(self, delivery: Delivery) -> None:
        try:
            await handle(delivery, self._dispatcher, self._services)
        finally:
            self._room.release_on_behalf_of(delivery)


async def _end(receiving: anyio.CancelScope, stopping: anyio.Event) -> None:
    await stopping.wait()
    receiving.cancel()
