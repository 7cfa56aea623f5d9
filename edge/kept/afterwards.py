"""What is done after the reply, for many alerts at a time: notes, wake-ups and the alerts' lines.

All of them are lossy: the relay and the streams' own clocks find again whatever is lost here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog

from bus.errors import BusError
from bus.topics import events_topic
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bus.base import Broadcast
    from bus.values import OrderId, UserId
    from handlers.store.base import SignalStore
    from telemetry.lines import PreparedLine

_WAKE_AFTER = 0.02
# Well before the relay would look at an order, and late enough for most to be under way by then.
_NOTE_AFTER = 0.4
# While the bus is away every alert has this to say; one line tells of all.
_SAY_AFTER = 5.0
_NAMED = 5
_DEADLINE = 2.0
_MOST = 10_000

_log = structlog.get_logger("edge.kept.afterwards")


class Afterwards:
    """Gathers, then writes: which orders were hinted, and whose streams should look."""

    def __init__(
        self, signals: SignalStore, broadcast: Broadcast, alert_line: PreparedLine | None = None
    ) -> None:
        self._signals = signals
        self._broadcast = broadcast
        self._alert_line = alert_line
        self._hinted: list[OrderId] = []
        self._stirred: set[UserId] = set()
        self._unhinted: list[tuple[OrderId, str]] = []
        self._has_hinted = anyio.Event()
        self._has_unhinted = anyio.Event()
        self._has_stirred = anyio.Event()
        self._has_lines = anyio.Event()

    def note_hinted(self, orders: Iterable[OrderId]) -> None:
        """Remember that these orders' hints were pushed."""
        if len(self._hinted) < _MOST:
            self._hinted.extend(orders)
        self._has_hinted.set()

    def note_unhinted(self, orders: Iterable[OrderId], trace_id: str) -> None:
        """Remember that nobody could be told of these orders; the log says so."""
        if len(self._unhinted) < _MOST:
            self._unhinted.extend([(order, trace_id) for order in orders])
        self._has_unhinted.set()

    def log(self, *values: object) -> None:
        """Have the line of an answered alert written; see `webhooks.ALERT_LINE`."""
        if self._alert_line is not None:
            self._alert_line(*values)
            self._has_lines.set()

    def stir(self, user: UserId) -> None:
        """Wake the user's live streams."""
        if len(self._stirred) < _MOST:
            self._stirred.add(user)
        self._has_stirred.set()

    async def run(self) -> None:
        """Write what is gathered, for ever."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._repeat, lambda: self._has_hinted, _NOTE_AFTER, self._mark)
            tasks.start_soon(self._repeat, lambda: self._has_unhinted, _SAY_AFTER, self._say)
            tasks.start_soon(self._repeat, lambda: self._has_stirred, _WAKE_AFTER, self._wake)
            tasks.start_soon(self._repeat, lambda: self._has_lines, _WAKE_AFTER, self._write_lines)

    async def flush(self) -> None:
        """Write what is gathered now."""
        await self._write_lines()
        await self._wake()
        await self._mark()
        await self._say()

    async def _repeat(
        self,
        something: Callable[[], anyio.Event],
        gather: float,
        write: Callable[[], Awaitable[None]],
    ) -> None:
        while True:
            await something().wait()
            await anyio.sleep(gather)
            await write()

    async def _wake(self) -> None:
        self._has_stirred = anyio.Event()
        stirred, self._stirred = self._stirred, set()
        if not stirred:
            return
        first, *others = map(events_topic, stirred)
        try:
            with anyio.fail_after(_DEADLINE):
                await self._broadcast.announce(first, b"", *others)
        except (BusError, TimeoutError):
            return

    async def _say(self) -> None:
        self._has_unhinted = anyio.Event()
        unhinted, self._unhinted = self._unhinted, []
        if unhinted:
            named = ",".join([str(order) for order, _ in unhinted[:_NAMED]])
            traces = ",".join(dict.fromkeys(trace for _, trace in unhinted[:_NAMED]))
            _log.warning(
                "hints_unavailable", orders=len(unhinted), order_ids=named, trace_ids=traces
            )

    async def _write_lines(self) -> None:
        self._has_lines = anyio.Event()
        if self._alert_line is not None:
            self._alert_line.flush()

    async def _mark(self) -> None:
        self._has_hinted = anyio.Event()
        hinted, self._hinted = self._hinted, []
        if not hinted:
            return
        try:
            with anyio.fail_after(_DEADLINE):
                await self._signals.mark_hinted(hinted)
        except (StoreUnavailableError, TimeoutError):
            return
