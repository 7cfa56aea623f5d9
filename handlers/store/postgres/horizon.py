"""Up to where streams can be read: the first transaction under way that may still write an entry.

Nothing of ours that writes takes longer than a moment: doors wait 2 s for a lock, and callers for
an answer. What is under way for 10 s is an administrator's or stuck, and no entry waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# The number of a transaction stands above its entries' places, as `stream_mark` puts them together.
_PLACES = 20
_WAITED_FOR_S = 10.0


class Horizon:
    """Remembers since when each transaction has been seen under way; one a process.

    Args:
        now: Monotonic seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._since: dict[int, float] = {}

    def of(self, snapshot: str) -> int:
        """Return the number that every entry which can be read is below.

        `snapshot` is `pg_current_snapshot()` as text: `xmin:xmax:those under way`.
        """
        _, end, listed = snapshot.split(":")
        under_way = [int(each) for each in listed.split(",")] if listed else []
        now = self._now()
        self._since = {each: self._since.get(each, now) for each in under_way}
        waited_for = [each for each, since in self._since.items() if now - since < _WAITED_FOR_S]
        return min(waited_for, default=int(end)) << _PLACES


def end_of(snapshot: str) -> int:
    """Return a number that no entry has which any transaction of that moment wrote or may write."""
    return int(snapshot.split(":")[1]) << _PLACES
