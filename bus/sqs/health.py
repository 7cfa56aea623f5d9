"""Whether all queues on SQS answer, asked seldom: each request costs money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bus.errors import BusError, TransportUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bus.sqs.lane import Lane

_GOOD_FOR_SECONDS = 5.0
_BAD_FOR_SECONDS = 1.0


class SqsHealth:
    """Remembers for a moment what the queues answered."""

    def __init__(self, lanes: Iterable[Lane]) -> None:
        self._lanes = tuple(lanes)
        self._turn = anyio.Lock()
        self._until = 0.0
        self._away: tuple[str, ...] = ()

    async def ping(self) -> None:
        """Ask every queue for its name, all at once, unless they answered a moment ago.

        Raises:
            TransportUnavailableError: One gave no answer, or is not there.
        """
        async with self._turn:
            if anyio.current_time() >= self._until:
                await self._ask_all()
        if self._away:
            msg = f"no answer from: {', '.join(self._away)}"
            raise TransportUnavailableError(msg)

    async def _ask_all(self) -> None:
        away: list[str] = []

        async def ask(lane: Lane) -> None:
            try:
                await lane.sqs.attributes(lane.name, "QueueArn")
            except BusError:
                away.append(lane.destination.value)

        async with anyio.create_task_group() as tasks:
            for lane in self._lanes:
                tasks.start_soon(ask, lane)
        self._away = tuple(sorted(away))
        self._until = anyio.current_time() + (_BAD_FOR_SECONDS if away else _GOOD_FOR_SECONDS)
