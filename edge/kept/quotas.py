"""How often the API may be asked, by each user and from each place.

Counted in Valkey, so that all processes count as one. While that does not answer, each process
counts for itself: whoever trades must be able to stop, whatever else is broken. Signing in is the
other way about and closed then; alerts of known tokens are never counted here.
"""

from __future__ import annotations

from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING

import anyio

from edge.errors import ApiError
from edge.kept.limits import TokenBuckets
from handlers.throttle.base import Counter, Rule
from handlers.throttle.errors import ThrottleUnavailableError

if TYPE_CHECKING:
    from bus.values import Clock, UserId
    from edge.settings import EdgeSettings
    from handlers.throttle.base import Throttle

_WINDOW_S = 60
_PATIENCE = 0.25
_ASK_AGAIN_AFTER = 5.0


class Quota:
    """How many requests a minute one key may make."""

    def __init__(self, name: str, most: int, clock: Clock) -> None:
        self.rule = Rule(name=name, windows=((most, _WINDOW_S),))
        self.alone = TokenBuckets(clock, rate=most / _WINDOW_S, burst=most)


class Quotas:
    """The two quotas of the API."""

    def __init__(self, throttle: Throttle, clock: Clock, settings: EdgeSettings) -> None:
        self._throttle = throttle
        self._clock = clock
        self._of_user = Quota("api-user", settings.api_rate, clock)
        self._of_address = Quota("api-address", settings.api_rate_per_address, clock)
        self._asks_again_at = 0.0

    async def take_for_user(self, user: UserId) -> None:
        """Count a request of somebody who is known.

        Raises:
            ApiError: 429 `rate_limited`, with the seconds to wait.
        """
        await self._take(self._of_user, str(user))

    async def take_for_address(self, place: str) -> None:
        """Count a request from a place, before it is known whose it is.

        Raises:
            ApiError: 429 `rate_limited`, with the seconds to wait.
        """
        await self._take(self._of_address, place)

    async def _take(self, quota: Quota, key: str) -> None:
        hashed = sha256(key.encode()).hexdigest()[:32]
        wait = await self._ask(Counter(quota.rule, hashed))
        if wait is None:
            wait = 0.0 if quota.alone.take(hashed) else 1.0
        if wait > 0:
            raise _too_fast(ceil(wait))

    async def _ask(self, counter: Counter) -> float | None:
        """Ask Valkey; nobody waits long for it, and for a while after that nobody asks."""
        if self._clock.monotonic() < self._asks_again_at:
            return None
        try:
            with anyio.fail_after(_PATIENCE):
                return await self._throttle.take(counter)
        except (ThrottleUnavailableError, TimeoutError):
            self._asks_again_at = self._clock.monotonic() + _ASK_AGAIN_AFTER
            return None


def _too_fast(wait_s: int) -> ApiError:
    refusal = ApiError(
        429,
        "rate_limited",
        "Requests come faster than their limit.",
        hint=f"Try again in {wait_s} s; GET /api/stream tells of changes without asking.",
    )
    refusal.retry_after_s = wait_s
    return refusal
