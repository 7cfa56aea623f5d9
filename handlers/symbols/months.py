"""Which month a future's contract is of, by its own name: `TXFC6` and `TXF202603` are. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

_LETTERED = re.compile(r"[A-Z]{2}[A-Z0-9]([A-L])(\d)")
_NUMBERED = re.compile(r"[A-Z]{2}[A-Z0-9](20\d{2})(0[1-9]|1[0-2])")


def is_to_come(symbol: str, today: date) -> bool:
    """Say whether a contract's month has not begun: its last day cannot have been.

    A single digit of the year is one of two years ahead at most: no more are traded at once.
    """
    now = (today.year, today.month)
    if numbered := _NUMBERED.fullmatch(symbol):
        return (int(numbered[1]), int(numbered[2])) > now
    if lettered := _LETTERED.fullmatch(symbol):
        ahead = (int(lettered[2]) - today.year + 7) % 10 - 7
        return (today.year + ahead, ord(lettered[1]) - ord("A") + 1) > now
    return False
