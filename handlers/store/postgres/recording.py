"""Recording alerts together: a batch is what arrived while the last commit ran, never a timer."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from handlers.errors import HandlersError, StoreUnavailableError
from handlers.store.postgres.rows import as_json, storable

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Awaitable, Callable, Sequence

    from bus.values import UserId
    from handlers.records.alerts import Duplicate, NewSignal, Recorded, RefusedAtRecord

    Answer = Recorded | Duplicate | RefusedAtRecord
    Run = Callable[[Sequence[str]], Awaitable[Sequence[Answer]]]

BATCH_MAX = 64
FLIGHTS = 2


class Waiting:
    """An alert that waits to be recorded, and who waits for it."""

    __slots__ = ("answer", "encoded", "keys", "user_id")

    def __init__(self, signal: NewSignal, answer: asyncio.Future[Answer]) -> None:
        canonical = None if signal.signal is None else storable(signal.signal)
        if canonical is not signal.signal:
            signal = msgspec.structs.replace(signal, signal=canonical)
        self.encoded = as_json(signal)
        self.user_id = signal.user_id
        self.answer = answer
        # Two of a kind never share a batch: one statement decides about each of them alone.
        self.keys: set[object] = {signal.id.int}
        if signal.dedupe is not None:
            self.keys.add((signal.strategy_id.int, signal.dedupe.hash))


class Recorder:
    """Collects concurrent records into batches; `FLIGHTS` of them are under way at once.

    No two of them have the same user: a user's alerts are recorded in the order in which they came,
    so that a cancel finds what came before it and nothing that comes after, and no batch waits for
    the other's lock.

    Whoever waits may be cancelled at any time: the batch goes on, and what nobody waits for any
    more is left out if it has not left yet.
    """

    def __init__(self, run: Run, *, deadline_s: float) -> None:
        self._run = run
        self._deadline_s = deadline_s
        # Asked for once: Python asks the system each time whether it has been forked meanwhile.
        self._loop: AbstractEventLoop | None = None
        self._queue: deque[Waiting] = deque()
        self._news = asyncio.Event()
        # When each caller's patience ends, the oldest first: one timer serves them all.
        self._ends: deque[tuple[float, asyncio.Future[Answer]]] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._flying: set[UserId] = set()

    async def record(self, signal: NewSignal) -> Answer:
        """Record one alert, together with whatever else waits."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._queue.append(Waiting(signal, answer))
        self._news.set()
        self._end_in_time(answer, loop)
        return await answer

    async def fly(self) -> None:
        """Run one batch after another, for ever."""
        while True:
            await self._news.wait()
            batch = self._next_batch()
            if not (batch and self._queue):
                # What cannot leave waits for a batch under way, whose end is news.
                self._news.clear()
            if batch:
                await self._fly_with(batch)

    async def _fly_with(self, batch: list[Waiting]) -> None:
        users = {waiting.user_id for waiting in batch}
        self._flying |= users
        try:
            await self._record(batch)
        finally:
            self._flying -= users
            self._news.set()

    def _next_batch(self) -> list[Waiting]:
        """Take what waits, oldest first; of a kind only the first, the others keep their place.

        What follows one that has to wait waits too, where it is the same user's.
        """
        batch: list[Waiting] = []
        held = set(self._flying)
        taken: set[object] = set()
        left: list[Waiting] = []
        while self._queue and len(batch) < BATCH_MAX:
            waiting = self._queue.popleft()
            if waiting.answer.done():
                continue
            if waiting.user_id in held or waiting.keys & taken:
                held.add(waiting.user_id)
                left.append(waiting)
            else:
                taken |= waiting.keys
                batch.append(waiting)
        self._queue.extendleft(reversed(left))
        # Arrival decides within a user; between users the order is the one all processes keep.
        return sorted(batch, key=lambda waiting: waiting.user_id.int)

    def _end_in_time(self, answer: asyncio.Future[Answer], loop: AbstractEventLoop) -> None:
        while self._ends and self._ends[0][1].done():
            self._ends.popleft()
        end = loop.time() + self._deadline_s
        self._ends.append((end, answer))
        if self._watch is None:
            self._watch = loop.call_at(end, self._end_overdue)

    def _end_overdue(self) -> None:
        """Tell whom no commit has answered in time; look again when the next one's time comes."""
        loop = asyncio.get_running_loop()
        while self._ends and (self._ends[0][1].done() or self._ends[0][0] <= loop.time()):
            _, answer = self._ends.popleft()
            if not answer.done():
                answer.set_exception(StoreUnavailableError("no commit in time"))
        self._watch = loop.call_at(self._ends[0][0], self._end_overdue) if self._ends else None

    async def _record(self, batch: list[Waiting]) -> None:
        try:
            answers = await self._run([waiting.encoded for waiting in batch])
        except StoreUnavailableError as error:
            _fail(batch, error)
        except HandlersError as error:
            await self._redo(batch, error)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next batch must fly
            # Nobody can say whether it was written, and that is what each caller is told.
            _fail(batch, StoreUnavailableError(repr(error)))
        else:
            _tell(batch, answers)

    async def _redo(self, batch: list[Waiting], error: HandlersError) -> None:
        """Find the alert for which the record refused them all; nothing was written yet."""
        if len(batch) == 1:
            _fail(batch, error)
            return
        for waiting in batch:
            await self._record([waiting])


def _tell(batch: Sequence[Waiting], answers: Sequence[Answer]) -> None:
    for waiting, answer in zip(batch, answers, strict=True):
        if not waiting.answer.done():
            waiting.answer.set_result(answer)


def _fail(batch: Sequence[Waiting], error: HandlersError) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(type(error)(str(error)))
