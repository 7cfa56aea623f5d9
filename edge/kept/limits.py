"""How fast one webhook token may be used: a bucket of tokens for each, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from bus.values import Clock


class TokenBuckets:
    """A bounded set of token buckets: `burst` at once, `rate` a second for ever."""

    def __init__(self, clock: Clock, *, rate: float, burst: int, size: int = 10_000) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = float(burst)
        self._size = size
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable) -> bool:
        """Take one token; false if the bucket is empty."""
        now = self._clock.monotonic()
        bucket = self._buckets.get(key)
        if bucket is None:
            level = self._burst
            if len(self._buckets) >= self._size:
                del self._buckets[next(iter(self._buckets))]
        else:
            level = min(self._burst, bucket[0] + (now - bucket[1]) * self._rate)
        is_taken = level >= 1
        self._buckets[key] = (level - 1 if is_taken else level, now)
        return is_taken

    def __len__(self) -> int:
        return len(self._buckets)
