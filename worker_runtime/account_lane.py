"""One lane per account: its orders one after the other, so that a slow account delays no other.

A lane decides nothing about an order: it tries it, and what the attempt came to says what is next.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from handlers.errors import LeaseLostError, StoreUnavailableError
from handlers.orders.executed import Executed
from handlers.records.orders import WhyNot
from worker_runtime.pace import Pauses
from worker_runtime.turn import Item, Turn

if TYPE_CHECKING:
    from bus.values import Clock, OrderId
    from handlers.records.orders import Mark
    from worker_runtime.pace import Pace
    from worker_runtime.turn import Done

Attempt = Callable[[Turn], Awaitable[Executed]]

_CAPACITY = 512
_BLOCKED_PAUSE = 1.0
_BEHIND_PAUSE = 0.2
_LEASE_PAUSE = 0.5
_FAULT_PAUSE = timedelta(seconds=5)

_log = logging.getLogger(__name__)


class Lane:
    """The orders of one account that this worker has in hand."""

    def __init__(self, attempt: Attempt, *, clock: Clock, pace: Pace) -> None:
        self._attempt = attempt
        self._clock = clock
        self._pauses = Pauses(pace)
        self._ready: deque[Item] = deque()
        self._parked: dict[OrderId, Item] = {}
        self._in_hand: dict[OrderId, Item] = {}
        self._changed = anyio.Event()
        self._is_closing = False

    def add(
        self,
        order_id: OrderId,
        *,
        marks: tuple[Mark, ...] = (),
        trace_id: str = "",
        done: Done | None = None,
    ) -> None:
        """Queue an order; one in hand already, or without room here, is left to PostgreSQL.

        `done` is called once the order was tried, or at once if no attempt will follow soon. The
        trace is for the log, should an attempt fail before the order is read.
        """
        item = self._in_hand.get(order_id) or self._queued(order_id, marks, trace_id)
        if done is None:
            return
        if item is None or item.was_tried:
            done(None)
        else:
            item.told.append(done)

    def _queued(self, order_id: OrderId, marks: tuple[Mark, ...], trace_id: str) -> Item | None:
        if len(self._in_hand) >= _CAPACITY or self._is_closing:
            return None
        item = self._in_hand[order_id] = Item(order_id, marks, trace_id)
        self._ready.append(item)
        self._changed.set()
        return item

    def wake(self) -> None:
        """Try at once what waits for its time: what blocked it may be gone."""
        for item in self._parked.values():
            item.due = 0.0
        self._changed.set()

    def close(self) -> None:
        """Begin nothing more; `run` returns when the order in hand is finished."""
        self._is_closing = True
        self._changed.set()

    async def run(self) -> None:
        """Work until closed.

        Raises:
            LeaseLostError: Another worker owns the user.
        """
        while (item := await self._next()) is not None:
            await self._take_turn(item)

    async def _take_turn(self, item: Item) -> None:
        """Try an order; its turn, and with it the desk, is let go of before the next one comes."""
        turn = Turn(item, self._ready, self._finish)
        executed = await self._try(turn)
        turn.end()
        self._finish(turn.item, executed)

    async def _next(self) -> Item | None:
        while not self._is_closing:
            self._unpark()
            if self._ready:
                return self._ready.popleft()
            self._changed = anyio.Event()
            with anyio.move_on_after(self._until_due()):
                await self._changed.wait()
        return None

    def _unpark(self) -> None:
        now = self._clock.monotonic()
        due = sorted((i for i in self._parked.values() if i.due <= now), key=lambda i: i.due)
        for item in due:
            del self._parked[item.order_id]
        self._ready.extendleft(reversed(due))

    def _until_due(self) -> float | None:
        if not self._parked:
            return None
        first = min(item.due for item in self._parked.values())
        return max(0.0, first - self._clock.monotonic())

    async def _try(self, turn: Turn) -> Executed:
        """Make one attempt; what went wrong comes back as a time to try again."""
        try:
            executed = await self._attempt(turn)
        except LeaseLostError:
            raise
        except StoreUnavailableError:
            # Nothing can be claimed while the record is away: the whole lane waits.
            pause = self._pauses.take()
            await anyio.sleep(pause)
            return Executed(state=None, retry_after=timedelta(0))
        except Exception:  # noqa: BLE001 - one order's fault must not end the worker
            said = {"order_id": str(turn.item.order_id), "trace_id": turn.item.trace_id}
            # Where it happened is told once, not every five seconds until the order expires.
            _log.error("order_attempt_failed", extra=said, exc_info=not turn.item.was_tried)
            return Executed(state=None, retry_after=_FAULT_PAUSE)
        self._pauses.reset()
        return executed

    def _finish(self, item: Item, executed: Executed) -> None:
        """Tell who waits for the attempt, and see what is next for the order."""
        item.tell(executed)
        if executed.child is not None:
            self.add(executed.child, trace_id=item.trace_id)
        if executed.is_link:
            self.wake()
        if executed.why is WhyNot.BEHIND and executed.ahead is not None:
            self._let_pass(item, executed.ahead)
        elif (pause := _pause_after(executed)) is not None:
            self._park(item, pause)
        else:
            del self._in_hand[item.order_id]

    def _let_pass(self, item: Item, ahead: OrderId) -> None:
        """Run the older order first; if it waits for its time, this one waits with it."""
        parked = self._parked.get(ahead)
        if parked is not None:
            item.due = parked.due
            self._parked[item.order_id] = item
        elif item.behind == ahead:
            self._park(item, _BEHIND_PAUSE)
        else:
            item.behind = ahead
            self._ready.appendleft(item)
            self._ready.appendleft(self._older(ahead))

    def _older(self, order_id: OrderId) -> Item:
        for item in self._ready:
            if item.order_id == order_id:
                self._ready.remove(item)
                return item
        item = self._in_hand[order_id] = Item(order_id)
        return item

    def _park(self, item: Item, pause: float) -> None:
        item.due = self._clock.monotonic() + pause
        self._parked[item.order_id] = item


def _pause_after(executed: Executed) -> float | None:
    """Return when to try the same order again; `None` where its life here is over."""
    if executed.retry_after is not None:
        return executed.retry_after.total_seconds()
    match executed.why:
        case WhyNot.BLOCKED:
            return _BLOCKED_PAUSE
        case WhyNot.LEASE_LOST:
            return _LEASE_PAUSE
        case _:
            return None
