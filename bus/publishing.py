"""One publisher for every destination: orders go to their user's list, the rest to the queues."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from bus.base import Destination, Publisher
from bus.routing import carrier_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bus.envelope import Envelope
    from bus.routing import Carrier
    from bus.values import UserId


class Pushes(Protocol):
    """A hints transport that can push without asking for the worker."""

    async def push(self, user: UserId, *envelopes: Envelope) -> None:
        """Push commands to the user's list."""
        ...


class RoutedPublisher(Publisher):
    """Divides envelopes between the lists and the queues."""

    def __init__(self, hints: Pushes, queues: Publisher) -> None:
        self._hints = hints
        self._queues = queues

    @override
    async def publish(self, destination: Destination, *envelopes: Envelope) -> None:
        if destination is not Destination.ORDERS:
            await self._queues.publish(destination, *envelopes)
            return
        for user, theirs in groupby(envelopes, key=lambda envelope: envelope.message.user_id):
            await self._hints.push(user, *theirs)


class CarriedPublisher(Publisher):
    """Hands each destination to what carries it where the queues have a carrier of their own."""

    def __init__(self, carriers: Mapping[Carrier, Publisher], *, queues: Carrier) -> None:
        self._carriers = carriers
        self._queues = queues

    @override
    async def publish(self, destination: Destination, *envelopes: Envelope) -> None:
        carrier = carrier_of(destination, self._queues)
        await self._carriers[carrier].publish(destination, *envelopes)
