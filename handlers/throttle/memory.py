"""The throttle in this process: the same windows, by a clock that is passed in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.throttle.base import Throttle

if TYPE_CHECKING:
    from bus.values import Clock
    from handlers.throttle.base import Counter


class MemoryThrottle(Throttle):
    """Counts for as long as the process lives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hits: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    @override
    async def wait(self, *counters: Counter) -> float:
        await checkpoint()
        return max((self._wait_of(counter) for counter in counters), default=0.0)

    @override
    async def count(self, *counters: Counter) -> None:
        await checkpoint()
        for counter in counters:
            self._note(counter)

    @override
    async def take(self, counter: Counter) -> float:
        await checkpoint()
        wait = self._wait_of(counter)
        if not wait:
            self._note(counter)
        return wait

    def _note(self, counter: Counter) -> None:
        longest = max(seconds for _, seconds in counter.rule.windows)
        oldest = self._clock.monotonic() - longest
        hits = self._hits[counter.rule.name, counter.key]
        hits[:] = [at for at in hits if at > oldest] + [self._clock.monotonic()]

    def _wait_of(self, counter: Counter) -> float:
        now = self._clock.monotonic()
        hits = self._hits.get((counter.rule.name, counter.key), [])
        longest = 0.0
        for most, seconds in counter.rule.windows:
            inside = [at for at in hits if at > now - seconds]
            if len(inside) >= most:
                longest = max(longest, inside[-most] + seconds - now)
        return longest
