"""A message of an event in a handler's hands; Lambda's event source mapping does the rest.

What is not named in the response is deleted by the mapping, so there is nothing to acknowledge.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.base import EXHAUSTED, Delivery
from bus.codec import decode, with_attempt

if TYPE_CHECKING:
    from bus.base import Destination
    from bus.raw import RawMessage, RawQueues

# Sooner than the visibility timeout, which is made for functions that died.
_SOONEST = timedelta(seconds=1)
_LATEST = timedelta(seconds=5)


class EventDelivery(Delivery):
    """One message, and whether it comes back."""

    system = "aws_sqs"

    def __init__(
        self, destination: Destination, message: RawMessage, queues: RawQueues, *, max_attempts: int
    ) -> None:
        """Open it.

        Raises:
            UndecodableError: It is no envelope of ours.
        """
        self.attempt = int(message.attributes.get("ApproximateReceiveCount", "1"))
        self.envelope = with_attempt(decode(message.body.encode()), self.attempt)
        self.is_last = self.attempt >= max_attempts
        self.is_done = False
        self._destination = destination
        self._message = message
        self._queues = queues

    @override
    async def ack(self) -> None:
        await checkpoint()
        self.is_done = True

    @override
    async def retry(self, after: timedelta, reason: str = "") -> None:
        if self.is_last:
            # The redrive policy would do it too, without the reason.
            await self.dead_letter(f"{EXHAUSTED}: {reason}" if reason else EXHAUSTED)
            return
        await self.extend(min(max(after, _SOONEST), _LATEST))

    @override
    async def dead_letter(self, reason: str) -> None:
        await self._queues.set_aside(self._destination, self._message, reason)
        self.is_done = True

    @override
    async def extend(self, by: timedelta) -> None:
        await self._queues.change_visibility(self._destination, self._message.receipt_handle, by)
