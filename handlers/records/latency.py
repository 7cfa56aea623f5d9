"""How long the hops of orders took: percentiles, hop by hop."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from handlers.records.trails import HopTimes
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.records.trails import Trail


def hop_times(trails: Iterable[Trail]) -> tuple[HopTimes, ...]:
    """Return the hops that there were, in the order of the path; SQL's `operations_seen` too."""
    taken: defaultdict[Stage, list[float]] = defaultdict(list)
    for trail in trails:
        for before, event in pairwise(trail.events):
            # Clocks of several machines: a hop that ends before it began took no time.
            ms = max(0.0, (event.at - before.at).total_seconds() * 1000)
            taken[event.stage].append(ms)
    return tuple(_summed_up(stage, sorted(taken[stage])) for stage in Stage if taken[stage])


def _summed_up(stage: Stage, ms: Sequence[float]) -> HopTimes:
    return HopTimes(
        stage=stage,
        count=len(ms),
        p50_ms=_rank(ms, 50),
        p95_ms=_rank(ms, 95),
        p99_ms=_rank(ms, 99),
        max_ms=ms[-1],
    )


def _rank(ms: Sequence[float], percent: int) -> float:
    return ms[-(-len(ms) * percent // 100) - 1]
