"""One destination on SQS: its queue, the queue of its dead letters, and its rules."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import anyio

from bus.errors import BusError
from bus.queues import queue_name
from bus.sqs.client import whole_seconds
from bus.sqs.errors import ReceiptRunOutError
from bus.sqs.form import dead_entry_of
from bus.sqs.sending import Sending

if TYPE_CHECKING:
    from uuid import UUID

    from bus.base import Destination
    from bus.raw import RawMessage
    from bus.settings import LaneRules
    from bus.sqs.client import Sqs

AT_ONCE = timedelta(0)
# For the two requests that set a message aside.
_BURYING = timedelta(seconds=30)


class Taken:
    """A received message, and until when its receipt is good by our own clock.

    SQS refuses a receipt that ran out on FIFO queues only, and only if it is asked; so we look
    first.
    """

    def __init__(self, raw: RawMessage, *, visibility: timedelta) -> None:
        self.raw = raw
        self._until = anyio.current_time() + visibility.total_seconds()

    @property
    def is_good(self) -> bool:
        """Whether settling still has an effect, as far as can be known here."""
        return anyio.current_time() < self._until

    def extend(self, by: timedelta) -> None:
        """Count from now on."""
        self._until = anyio.current_time() + whole_seconds(by)

    def let_go(self) -> None:
        """It is settled."""
        self._until = 0.0


class Lane:
    """What publishers, consumers and readers of dead letters of one destination share."""

    def __init__(
        self, sqs: Sqs, destination: Destination, rules: LaneRules, *, prefix: str
    ) -> None:
        self.sqs = sqs
        self.destination = destination
        self.rules = rules
        named = partial(queue_name, prefix, destination, is_fifo=rules.is_fifo)
        self.name = named(is_dead=False)
        self.dead_name = named(is_dead=True)
        self.sending = Sending(partial(sqs.send, self.name))
        self.unclaimed: deque[Taken] = deque()

    async def take(self, attempt_id: str, *, wait_seconds: int) -> Taken | None:
        """Take one message; `None` if none came in time.

        One at a time: a request may return several of one group, and the second must not be
        handled before the first is settled.
        """
        received = await self.sqs.receive(
            self.name,
            wait_seconds=wait_seconds,
            visibility_seconds=whole_seconds(self.rules.visibility),
            attempt_id=attempt_id if self.rules.is_fifo else None,
        )
        taken = [Taken(raw, visibility=self.rules.visibility) for raw in received]
        return taken[0] if taken else None

    async def finish(self, taken: Taken) -> None:
        """Delete it; without effect if its receipt ran out."""
        if taken.is_good:
            with suppress(ReceiptRunOutError):
                await self.sqs.delete(self.name, taken.raw.receipt_handle)
            taken.let_go()

    async def hide(self, taken: Taken, after: timedelta) -> bool:
        """Show it again after this long; false if its receipt ran out."""
        if not taken.is_good:
            return False
        try:
            await self.sqs.hide(self.name, taken.raw.receipt_handle, after)
        except ReceiptRunOutError:
            taken.let_go()
            return False
        taken.extend(after)
        return True

    async def bury(self, taken: Taken, *, subject: UUID | str, reason: str, attempts: int) -> None:
        """Set it aside: hold it for long enough, send it to the dead letters, then delete it.

        A crash before the delete leaves it in both places. It is then handled once more, as any
        message may be, and set aside once more under the same id: never lost, never two letters.
        """
        if not await self.hide(taken, _BURYING):
            return
        entry = dead_entry_of(
            taken.raw,
            subject=subject,
            reason=reason,
            attempts=attempts,
            is_fifo=self.rules.is_fifo,
        )
        failures = await self.sqs.send(self.dead_name, [entry])
        for failure in failures.values():
            raise failure
        await self.finish(taken)

    async def give_up_unclaimed(self) -> None:
        """Show what nobody here took at once to others."""
        while self.unclaimed:
            with suppress(BusError):
                await self.hide(self.unclaimed.popleft(), AT_ONCE)
