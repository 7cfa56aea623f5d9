"""What fails a run: a gating budget that is missed, and missed again when it is measured anew.

Whatever else a machine does may spoil a case once; what has become slower is slow both times. So a
budget needs little room, and sees what a wider one would let by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.budgets import judge
from bench.report import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.budgets import Budget


def failing(figures: Mapping[str, float], budgets: Mapping[str, Budget]) -> set[str]:
    """Return the names of the figures that fail."""
    return {verdict.name for verdict in judge(figures, budgets) if verdict.fails}


def confirmed(
    figures: Mapping[str, float],
    budgets: Mapping[str, Budget],
    anew: Callable[[], Mapping[str, float]],
) -> dict[str, float]:
    """Return a case's figures, where those that fail are what they come to when measured anew."""
    missed = failing(figures, budgets)
    if not missed:
        return dict(figures)
    say(f"measured anew, as too much: {', '.join(sorted(missed))}")
    second = anew()
    kept = {name: value for name, value in figures.items() if name not in missed}
    return kept | {name: value for name, value in second.items() if name in missed}
