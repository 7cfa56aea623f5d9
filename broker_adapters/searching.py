"""Which symbols a few typed letters may mean: pure."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def ranked(symbols: Iterable[str], query: str, *, limit: int) -> tuple[str, ...]:
    """Return symbols that contain what was typed: the same first, then what begins so.

    Case and whatever stands between letters make no difference.
    """
    wanted = _letters(query)
    found = [
        (_distance(letters, wanted), len(symbol), symbol)
        for symbol in symbols
        if wanted in (letters := _letters(symbol))
    ]
    return tuple(symbol for _, _, symbol in nsmallest(limit, found))


def _distance(letters: str, wanted: str) -> int:
    if letters == wanted:
        return 0
    return 1 if letters.startswith(wanted) else 2


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()
