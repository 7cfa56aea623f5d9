"""The observer's turn: read what happened, count it, send what is worth a trace."""

from __future__ import annotations

import logging
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

import anyio

from bus.errors import BusError
from handlers.errors import HandlersError
from handlers.observing.follower import Follower
from handlers.observing.sampling import is_kept, is_unusual
from handlers.observing.traces import control_spans_of, spans_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import Clock
    from handlers.observing.follower import News
    from handlers.observing.gauges import Gauges
    from handlers.observing.measures import Measures
    from handlers.store.watching import WatchStore
    from telemetry.otlp import SpanExport
    from telemetry.spans import SpanRecord

EVERY = 2.0
# The gauges say every time that the record is away; the log need not.
_SAY_AGAIN_AFTER_S = 60.0
# Alerts are counted once they are certain to be readable.
_CERTAIN_AFTER = timedelta(seconds=5)

_log = logging.getLogger(__name__)


class Traces:
    """Where traces go, and which."""

    def __init__(self, export: SpanExport, *, ratio: float) -> None:
        self._export = export
        self._ratio = ratio

    async def send(self, news: Sequence[News]) -> None:
        """Send what is worth a trace; what is shared by orders of one alert goes once."""
        spans: dict[tuple[str, str], SpanRecord] = {}
        for each in news:
            if is_kept(each.trail, self._ratio):
                spans |= {(span.trace_id, span.span_id): span for span in _told_anew(each)}
        await self._export.send(list(spans.values()))


def _told_anew(news: News) -> tuple[SpanRecord, ...]:
    """Return the whole way, but of one that was told and only looked after since, the looks."""
    is_moved = news.trail.events[-1].n > news.told
    if is_moved or any(is_unusual(hop) for hop in news.hops):
        return spans_of(news.trail)
    return control_spans_of(news.trail, news.hops)


class Observer:
    """Watches for as long as it runs; nobody waits for it, and what it misses it says."""

    def __init__(
        self,
        watch: WatchStore,
        clock: Clock,
        *,
        measures: Measures,
        gauges: Gauges,
        traces: Traces | None,
    ) -> None:
        self._watch = watch
        self._clock = clock
        self._follower = Follower(watch, clock)
        self._measures = measures
        self._gauges = gauges
        self._traces = traces
        self._alerts_until = clock.now()

    async def run(self) -> None:
        """Take one turn after the other until cancelled."""
        said_at = -inf
        while True:
            began = anyio.current_time()
            try:
                await self.turn()
            except (HandlersError, BusError) as error:
                if began - said_at >= _SAY_AGAIN_AFTER_S:
                    _log.warning("not_observed", extra={"why": f"{type(error).__name__}: {error}"})
                    said_at = began
            else:
                if said_at > -inf:
                    _log.info("observed_again")
                said_at = -inf
            await anyio.sleep(max(0.0, began + EVERY - anyio.current_time()))

    async def turn(self) -> None:
        """Look once, and tell of it."""
        await self._gauges.look()
        await self._count_alerts()
        news = await self._follower.look()
        for each in news:
            self._measures.take(each)
        if self._traces is not None:
            await self._traces.send(news)

    async def _count_alerts(self) -> None:
        until = self._clock.now() - _CERTAIN_AFTER
        if until <= self._alerts_until:
            return
        self._measures.take_alerts(await self._watch.alerts(after=self._alerts_until, until=until))
        self._alerts_until = until
