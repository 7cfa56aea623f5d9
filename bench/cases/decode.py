"""From bytes to a signal, against the least that reading JSON can cost."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from time import process_time
from typing import TYPE_CHECKING

from bench.handicap import Toll, share
from bench.traders import ALERT
from handlers.signals import normalise
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bench.measure import Figures, Round

# The least of short turns is what the work takes; the rest is what others did to the caches.
_TURNS = 20
_TIMES = 200


@asynccontextmanager
async def decode() -> AsyncGenerator[Round]:
    """Measure CPU time a body."""
    body = (ALERT % "x").encode()
    toll = Toll(share(Stage.EDGE_RECEIVED))

    async def take_round() -> Figures:
        turns = [
            (_cpu_us(lambda: json.loads(body), Toll(0.0)), _cpu_us(lambda: normalise(body), toll))
            for _ in range(_TURNS)
        ]
        loads, ours = min(turn[0] for turn in turns), min(turn[1] for turn in turns)
        return {"normalise_us": ours, "normalise_over_json_loads": ours / loads}

    yield take_round


def _cpu_us(work: Callable[[], object], toll: Toll) -> float:
    toll.start()
    began = process_time()
    for _ in range(_TIMES):
        work()
    toll.pay()
    return (process_time() - began) / _TIMES * 1e6
