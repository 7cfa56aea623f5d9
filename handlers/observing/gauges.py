"""What there is at this moment, for gauges: looked at now and then, read at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.errors import TransportUnavailableError
from bus.values import OrderState
from handlers.control.dead_letters import QUEUES
from handlers.records.lifecycle import FINAL
from handlers.records.trails import Census
from handlers.records.views import WorkerState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bus.base import Depths, Pool
    from handlers.store.watching import WatchStore
    from telemetry.meters import Meters


# A gauge that is well says 0: one that is not there could be an observer that is not there.
_LIVE: dict[str, int] = {state.value: 0 for state in OrderState if state not in FINAL}
_AGED: dict[str, float] = dict.fromkeys(("queued", "unknown", "needs_review"), 0.0)
_RUNNING: dict[str, int] = {
    state.value: 0 for state in WorkerState if state is not WorkerState.GONE
}

_COMPARED: dict[str, int] = dict.fromkeys(("asked", "done", "unreachable"), 0)


class Gauges:
    """The last look at everything; what could not be seen keeps its last value.

    Attributes:
        is_seen: Whether the record answered the last look.
    """

    def __init__(self, watch: WatchStore, pool: Pool, depths: Depths) -> None:
        self._watch = watch
        self._pool = pool
        self._depths = depths
        self._census = Census()
        self._letters: dict[str, int] = {}
        self._waiting: dict[str, int] = {}
        self._ready = 0
        self.is_seen = False

    def show(self, meters: Meters) -> None:
        """Make the gauges that read the last look."""
        meters.gauge(
            "fourpass.orders.live",
            "Orders that are not over, by state",
            lambda: _by("state", _LIVE | dict(self._census.orders)),
        )
        meters.gauge(
            "fourpass.orders.oldest",
            "Age of the oldest order, by state",
            lambda: _by("state", _AGED | dict(self._census.oldest)),
            unit="s",
        )
        meters.gauge(
            "fourpass.workers",
            "Worker processes, by state",
            lambda: _by("state", _RUNNING | dict(self._census.workers)),
        )
        meters.gauge("fourpass.leases", "Leases that run", lambda: _one(self._census.leases))
        meters.gauge(
            "fourpass.leases.taken_over",
            "Leases whose last holder did not give them back, so far",
            lambda: _one(self._census.taken_over),
        )
        meters.gauge(
            "fourpass.outbox", "Commands no worker has taken", lambda: _one(self._census.unsent)
        )
        meters.gauge("fourpass.pool.ready", "Warm workers", lambda: _one(self._ready))
        meters.gauge(
            "fourpass.dead_letters",
            "Messages set aside, by destination",
            lambda: _by("destination", self._letters),
        )
        meters.gauge(
            "fourpass.queue.waiting",
            "Messages that wait, by destination",
            lambda: _by("destination", self._waiting),
        )
        self._show_comparisons(meters)
        meters.gauge(
            "fourpass.record.up", "Whether the record answers", lambda: _one(int(self.is_seen))
        )

    def _show_comparisons(self, meters: Meters) -> None:
        meters.gauge(
            "fourpass.comparisons",
            "Accounts to be compared with their venues within the last day, by what came of it",
            lambda: _by("state", _COMPARED | dict(self._census.comparisons)),
        )
        meters.gauge(
            "fourpass.comparisons.differing",
            "Accounts that differ from their venues, unless their owners know",
            lambda: _one(self._census.differing),
        )
        meters.gauge(
            "fourpass.comparisons.found_fills",
            "Fills within the last day that nothing but a comparison found",
            lambda: _one(self._census.found_fills),
        )

    async def look(self) -> None:
        """Look once.

        Raises:
            StoreUnavailableError: The record is away.
        """
        await self._look_at_post()
        self.is_seen = False
        self._census = await self._watch.census()
        self.is_seen = True

    async def _look_at_post(self) -> None:
        try:
            self._ready = await self._pool.ready()
            for queue in QUEUES:
                depth = await self._depths.depth(queue)
                self._letters[queue.value] = depth.dead
                self._waiting[queue.value] = depth.waiting
        except TransportUnavailableError:
            return


def _by(label: str, values: Mapping[str, float]) -> Iterable[tuple[Mapping[str, str], float]]:
    return [({label: name}, value) for name, value in values.items()]


def _one(value: int) -> Iterable[tuple[Mapping[str, str], int]]:
    return [({}, value)]
