"""The endless stream of one consumer of a queue on SQS."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.base import EXHAUSTED, Delivery
from bus.errors import BusError, UndecodableError
from bus.sqs.form import envelope_of, receives_of
from bus.sqs.lane import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from datetime import timedelta

    from anyio.abc import TaskGroup

    from bus.envelope import Envelope
    from bus.sqs.lane import Lane, Taken

# A request that is cut while it waits may be answered all the same, and what it took is then out
# of sight for the visibility timeout. So waits are short, and are waited for on leaving.
_WAIT_SECONDS = 1
_LEAVING_SECONDS = 1.5
_FIRST_REST = 0.05
_LONGEST_REST = 1.0


@asynccontextmanager
async def open_deliveries(lane: Lane) -> AsyncGenerator[AsyncIterator[Delivery]]:
    """Receive until the context is left; what was taken and not yet handed over goes to others."""
    async with anyio.create_task_group() as tasks:
        deliveries = SqsDeliveries(lane, tasks)
        try:
            yield deliveries
        finally:
            await deliveries.leave()


class SqsDeliveries:
    """Asks for one message whenever its consumer waits.

    The request is a task of its own: a consumer that stops waiting leaves it running, and what it
    brings is there when the consumer comes back.
    """

    def __init__(self, lane: Lane, tasks: TaskGroup) -> None:
        self._lane = lane
        self._tasks = tasks
        self._asking: anyio.CancelScope | None = None
        self._attempt_id = ""
        self._changed = anyio.Event()
        self._rest = _FIRST_REST

    def __aiter__(self) -> AsyncIterator[Delivery]:
        return self

    async def __anext__(self) -> Delivery:
        await checkpoint()
        while True:
            while self._lane.unclaimed:
                taken = self._lane.unclaimed.popleft()
                if taken.is_good and (delivery := await self._opened(taken)):
                    return delivery
            if self._asking is None:
                self._asking = anyio.CancelScope(shield=True)
                self._tasks.start_soon(self._ask, self._asking)
            await self._changed.wait()

    async def leave(self) -> None:
        """Let the last request come to its end; cut one that does not, and ask what it brought."""
        with anyio.move_on_after(_LEAVING_SECONDS, shield=True):
            while self._asking is not None:
                await self._changed.wait()
        if self._asking is not None:
            self._asking.cancel()
            await self._recover()

    async def _recover(self) -> None:
        """Ask a FIFO queue again for what the request that was cut may have taken."""
        if not self._lane.rules.is_fifo:
            return
        with anyio.move_on_after(_LEAVING_SECONDS, shield=True), suppress(BusError):
            taken = await self._lane.take(self._attempt_id, wait_seconds=0)
            if taken is not None:
                await self._lane.hide(taken, AT_ONCE)

    async def _ask(self, scope: anyio.CancelScope) -> None:
        """Take one message; after a failure rest for a while, and longer after the next one."""
        with scope:
            try:
                self._attempt_id = token_hex(16)
                taken = await self._lane.take(self._attempt_id, wait_seconds=_WAIT_SECONDS)
                if taken is not None:
                    self._lane.unclaimed.append(taken)
                self._rest = _FIRST_REST
            except BusError:
                await anyio.sleep(self._rest)
                self._rest = min(self._rest * 2, _LONGEST_REST)
        self._asking = None
        self._changed.set()
        self._changed = anyio.Event()

    async def _opened(self, taken: Taken) -> Delivery | None:
        """Open a message; one that is no envelope of ours is set aside at once."""
        try:
            return SqsDelivery(self._lane, taken, envelope_of(taken.raw))
        except UndecodableError as error:
            # Where that fails it comes again, and the redrive policy sets it aside in the end.
            with suppress(BusError):
                await self._lane.bury(
                    taken,
                    subject=taken.raw.message_id,
                    reason=f"undecodable: {error}",
                    attempts=receives_of(taken.raw),
                )
            return None


class SqsDelivery(Delivery):
    """One envelope in a consumer's hands."""

    system = "aws_sqs"

    def __init__(self, lane: Lane, taken: Taken, envelope: Envelope) -> None:
        self._lane = lane
        self._taken = taken
        self.envelope = envelope
        self.attempt = envelope.attempt
        self.is_last = self.attempt >= lane.rules.max_attempts

    @override
    async def ack(self) -> None:
        await self._lane.finish(self._taken)

    @override
    async def retry(self, after: timedelta, reason: str = "") -> None:
        if self.is_last:
            # The redrive policy would do it too, without the reason.
            await self.dead_letter(f"{EXHAUSTED}: {reason}" if reason else EXHAUSTED)
        elif await self._lane.hide(self._taken, after):
            self._taken.let_go()

    @override
    async def dead_letter(self, reason: str) -> None:
        await self._lane.bury(
            self._taken, subject=self.envelope.id, reason=reason, attempts=self.attempt
        )

    @override
    async def extend(self, by: timedelta) -> None:
        await self._lane.hide(self._taken, by)
