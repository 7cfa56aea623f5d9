"""All queues on SQS behind the post's ports; `orders` is none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from typing_extensions import override

from bus.base import Depth, Depths, Publisher, Subscriber
from bus.errors import UnroutableError
from bus.sqs.deliveries import open_deliveries
from bus.sqs.form import entry_of
from bus.sqs.lane import Lane

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from bus.base import Delivery, Destination
    from bus.envelope import Envelope
    from bus.settings import LaneRules
    from bus.sqs.client import Sqs

_VISIBLE: Final = "ApproximateNumberOfMessages"
_DELAYED: Final = "ApproximateNumberOfMessagesDelayed"
_TAKEN: Final = "ApproximateNumberOfMessagesNotVisible"


class SqsLanes(Publisher, Subscriber, Depths):
    """Publishes to the queues, takes from them, and counts what they hold."""

    def __init__(self, sqs: Sqs, rules: Mapping[Destination, LaneRules], *, prefix: str) -> None:
        self._lanes = {
            destination: Lane(sqs, destination, rule, prefix=prefix)
            for destination, rule in rules.items()
        }

    @override
    async def publish(self, destination: Destination, *envelopes: Envelope) -> None:
        lane = self.lane(destination)
        is_fifo = lane.rules.is_fifo
        await lane.sending.send([entry_of(envelope, is_fifo=is_fifo) for envelope in envelopes])

    @override
    def receive(
        self, destination: Destination
    ) -> AbstractAsyncContextManager[AsyncIterator[Delivery]]:
        return open_deliveries(self.lane(destination))

    @override
    async def depth(self, destination: Destination) -> Depth:
        lane = self.lane(destination)
        own = await _counted(lane, lane.name)
        dead = await _counted(lane, lane.dead_name)
        return Depth(
            waiting=own[_VISIBLE] + own[_DELAYED],
            in_flight=own[_TAKEN],
            dead=sum(dead.values()),
        )

    def lane(self, destination: Destination) -> Lane:
        """Return one destination's.

        Raises:
            UnroutableError: It is no queue.
        """
        lane = self._lanes.get(destination)
        if lane is None:
            raise UnroutableError(destination)
        return lane

    async def give_up_unclaimed(self) -> None:
        """Show what nobody here took to others."""
        for lane in self._lanes.values():
            await lane.give_up_unclaimed()


async def _counted(lane: Lane, name: str) -> dict[str, int]:
    wanted = (_VISIBLE, _DELAYED, _TAKEN)
    shown = await lane.sqs.attributes(name, *wanted)
    return {each: int(shown.get(each, "0")) for each in wanted}
