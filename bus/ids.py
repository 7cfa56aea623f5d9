"""New ids: UUIDs of version 7 (RFC 9562), so that ids made later sort later."""

from __future__ import annotations

from time import time_ns
from uuid import UUID

from telemetry.randomness import random_64

_RANDOM = (1 << 62) - 1


def uuid7(now_ns: int | None = None, entropy: int | None = None) -> UUID:
    """Make an id.

    Args:
        now_ns: Nanoseconds since the epoch; the machine's clock if not given.
        entropy: 62 random bits; fresh ones if not given. Both given makes it repeatable.

    Returns:
        48 bits of milliseconds, 12 bits of the millisecond's fraction (RFC 9562, 6.2, method 3),
        62 random bits.
    """
    instant = time_ns() if now_ns is None else now_ns
    milliseconds, rest_ns = divmod(instant, 1_000_000)
    fraction = (rest_ns << 12) // 1_000_000
    random = random_64() if entropy is None else entropy
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random & _RANDOM)
