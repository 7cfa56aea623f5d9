"""How a venue misbehaves, and on which request: by seed, whatever the order of arrival."""

from __future__ import annotations

import random
from collections import Counter
from enum import StrEnum

import msgspec

KINDS = frozenset({"submit", "cancel", "find"})


class Fate(StrEnum):
    """What happens to one request."""

    HONEST = "honest"
    LATE = "late"
    HELD = "held"
    SWALLOWED_AFTER = "swallowed_after"
    SWALLOWED_BEFORE = "swallowed_before"


class Hostility(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of requests, of 1, that fare ill. Together they are at most 1.

    Attributes:
        late_share: Done at once, answered late.
        late_ms: From and to how late, in milliseconds.
        held_share: Received at once, done late.
        held_ms: From and to how late, in milliseconds.
        swallow_after: Done, and never answered: the connection drops.
        swallow_before: Not done and never answered.
    """

    late_share: float = 0.0
    late_ms: tuple[int, int] = (60, 200)
    held_share: float = 0.0
    held_ms: tuple[int, int] = (60, 200)
    swallow_after: float = 0.0
    swallow_before: float = 0.0


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A fate, and for how many seconds it lasts."""

    fate: Fate
    seconds: float = 0.0


class Fates:
    """Decides each request's fate from the seed, its kind, its key and how often it was asked."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._by_kind: dict[str, Hostility] = {}
        self._asked: Counter[tuple[str, str]] = Counter()

    def set(self, hostility: Hostility, *kinds: str) -> None:
        """Treat requests of these kinds like this from now on."""
        self._by_kind.update(dict.fromkeys(kinds, hostility))

    def sentence(self, kind: str, key: str) -> Sentence:
        """Decide the next request of this kind and key."""
        hostility = self._by_kind.get(kind)
        if hostility is None:
            return Sentence(fate=Fate.HONEST)
        self._asked[kind, key] += 1
        nth = self._asked[kind, key]
        dice = random.Random(f"{self._seed}:{kind}:{key}:{nth}")  # noqa: S311 - must be repeatable
        return _drawn(hostility, dice)


def _drawn(hostility: Hostility, dice: random.Random) -> Sentence:
    draw = dice.random()
    shares = (
        (Fate.SWALLOWED_BEFORE, hostility.swallow_before, (0, 0)),
        (Fate.SWALLOWED_AFTER, hostility.swallow_after, (0, 0)),
        (Fate.LATE, hostility.late_share, hostility.late_ms),
        (Fate.HELD, hostility.held_share, hostility.held_ms),
    )
    for fate, share, span_ms in shares:
        if draw < share:
            return Sentence(fate=fate, seconds=dice.uniform(*span_ms) / 1000)
        draw -= share
    return Sentence(fate=Fate.HONEST)
