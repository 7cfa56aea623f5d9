"""Reads a queue of dead letters: SQS shows a message only to who takes it, so it is put back."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
from typing_extensions import override

from bus.base import DeadLetters
from bus.errors import BusError
from bus.sqs.client import MOST_AT_ONCE
from bus.sqs.form import dead_letter_of
from bus.sqs.lane import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from uuid import UUID

    from bus.base import DeadLetter, Destination
    from bus.raw import RawMessage
    from bus.sqs.lane import Lane

_LOOKED_AT = 1000
_PUTTING_BACK_SECONDS = 5.0


class SqsDeadLetters(DeadLetters):
    """What the queues of dead letters hold.

    Who looks takes the letters for a moment. One looks at a time here; two processes that look at
    the same moment may each miss what the other has in hand. Of what the redrive policy set aside
    (a consumer that died again and again), ten of one group are seen at once.
    """

    def __init__(self, lane_of: Callable[[Destination], Lane]) -> None:
        self._lane_of = lane_of
        self._turn = anyio.Lock()

    @override
    async def dead(self, destination: Destination, *, limit: int) -> Sequence[DeadLetter]:
        async with self._turn, self._all_of(self._lane_of(destination)) as held:
            letters = {letter.id: letter for letter, _ in held}
        newest = sorted(letters.values(), key=lambda letter: letter.dead_at_ns, reverse=True)
        return newest[:limit]

    @override
    async def discard(self, destination: Destination, envelope_id: UUID) -> bool:
        lane = self._lane_of(destination)
        async with self._turn, self._all_of(lane) as held:
            copies = [raw for letter, raw in held if letter.id == envelope_id]
            for raw in copies:
                await lane.sqs.delete(lane.dead_name, raw.receipt_handle)
        return bool(copies)

    @asynccontextmanager
    async def _all_of(self, lane: Lane) -> AsyncGenerator[Sequence[tuple[DeadLetter, RawMessage]]]:
        """Hold all letters of a queue, 1,000 at most, and put them back."""
        held: list[RawMessage] = []
        try:
            await self._take_all(lane, held)
            max_attempts = lane.rules.max_attempts
            yield [
                (dead_letter_of(raw, lane.destination, max_attempts=max_attempts), raw)
                for raw in held
            ]
        finally:
            with anyio.move_on_after(_PUTTING_BACK_SECONDS, shield=True):
                for raw in held:
                    # Those that were deleted meanwhile, too: that has no effect.
                    with suppress(BusError):
                        await lane.sqs.hide(lane.dead_name, raw.receipt_handle, AT_ONCE)

    async def _take_all(self, lane: Lane, held: list[RawMessage]) -> None:
        """Take until as many are held as SQS counts; what it miscounts shows by an empty answer."""
        counted = await self._count(lane)
        while len(held) < _LOOKED_AT:
            is_short = len(held) < counted
            received = await lane.sqs.receive(
                lane.dead_name, limit=MOST_AT_ONCE, wait_seconds=1 if is_short else 0
            )
            if not received:
                return
            held += received

    async def _count(self, lane: Lane) -> int:
        shown = await lane.sqs.attributes(lane.dead_name, "ApproximateNumberOfMessages")
        return int(shown.get("ApproximateNumberOfMessages", "0"))
