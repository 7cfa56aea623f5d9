"""What the venue tells by itself: changes of an account's orders, asked for by version.

The version decides, so nothing is lost however seldom it is asked, and what a submit has answered
already is not told again. A consumer that stops in the middle is told from there on again.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import anyio
import msgspec

from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.paper.answers import Changes, Opened, Placed
from broker_adapters.paper.questions import ReadChanges
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError
from bus.values import WORKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.base import OrderReport
    from broker_adapters.opening import BrokerAccount, Wake
    from broker_adapters.paper.venue import Venue

_REMEMBERED = 4096


class StreamPace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds between questions: while an order works, while none does, after a failure."""

    working: float = 0.5
    idle: float = 15.0
    failing: float = 2.0


class ChangeStream:
    """The changes of one account's orders."""

    def __init__(
        self, venue: Venue, account: BrokerAccount, *, wake: Wake | None, pace: StreamPace
    ) -> None:
        self._venue = venue
        self._account = account
        self._wake = wake
        self._pace = pace
        self._told_up_to: int | None = None
        self._answered: OrderedDict[str, int] = OrderedDict()
        self._bell = anyio.Event()
        self._is_closed = False
        self.is_failing = False

    def start(self, opened: Opened) -> None:
        """Tell from here on, or from where it was left."""
        self._is_closed = False
        if self._told_up_to is None:
            self._told_up_to = opened.version

    def close(self) -> None:
        """End the stream."""
        self._is_closed = True
        self.ring()

    def ring(self) -> None:
        """Ask the venue now."""
        self._bell.set()

    def note(self, placed: Placed) -> None:
        """Remember what a submit was answered; ask soon if more may come of it."""
        self._answered[placed.report.broker_order_id] = placed.version
        if len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)
        if placed.moved_others or placed.report.state in WORKING:
            self.ring()

    async def reports(self) -> AsyncGenerator[OrderReport]:
        """Yield orders as they change, with the fills that are new, until it is closed."""
        if self._told_up_to is None:
            raise BrokerUnavailableError("the session is not open")
        while not self._is_closed:
            self._bell = anyio.Event()
            changes = await self._ask(self._told_up_to)
            if changes is None:
                await self._pause(self._pace.failing)
                continue
            for report, version in zip(changes.reports, changes.versions, strict=True):
                if self._answered.get(report.broker_order_id) != version:
                    yield report
            self._forget(changes)
            await self._pause(self._pace.working if changes.has_working else self._pace.idle)

    async def _ask(self, after: int) -> Changes | None:
        question = ReadChanges(owner=self._account.owner, account=self._account.id, after=after)
        try:
            answer = await self._venue.ask(question)
        except (NeverAskedError, AnswerLostError):
            answer = None
        self.is_failing = not isinstance(answer, Changes)
        return answer if isinstance(answer, Changes) else None

    def _forget(self, changes: Changes) -> None:
        """Move on, now that everything up to this version was taken."""
        self._told_up_to = max(self._told_up_to or 0, changes.version)
        for report, version in zip(changes.reports, changes.versions, strict=True):
            if self._answered.get(report.broker_order_id, version + 1) <= version:
                del self._answered[report.broker_order_id]

    async def _pause(self, seconds: float) -> None:
        """Wait for the next question's time, the bell, or whoever else has news."""
        with anyio.move_on_after(seconds):
            if self._wake is None:
                await self._bell.wait()
                return
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(self._wait_for_bell, waiting.cancel_scope)
                await self._wake()
                waiting.cancel_scope.cancel()

    async def _wait_for_bell(self, other: anyio.CancelScope) -> None:
        await self._bell.wait()
        other.cancel()
