"""Pictures of a run: `--plots DIR` writes what each hop takes, and how far each budget is used."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.svg import Bar, Row, bars

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.budgets import Verdict

_P50, _P99 = "_p50_ms", "_p99_ms"
_KEPT, _MISSED, _BEYOND = "#2e7d6b", "#b5482f", "#b9c4cc"


def draw(verdicts: Sequence[Verdict], folder: Path) -> list[Path]:
    """Write the plots that these figures make; returns their files."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "hops.svg": bars("p50 (dark) and p99 (light), milliseconds", hops(verdicts)),
        "budgets.svg": bars("measured over budget: 1 is all of it", used(verdicts), mark=1.0),
    }
    for name, picture in pictures.items():
        (folder / name).write_text(picture)
    return [folder / name for name in pictures]


def used(verdicts: Sequence[Verdict]) -> list[Row]:
    """Return which share of its budget each figure uses; above 1 it is missed."""
    return [
        Row(name=verdict.name, bars=(Bar(share, _KEPT if verdict.is_kept else _MISSED),))
        for verdict in verdicts
        if verdict.budget is not None
        and verdict.budget.max > 0
        and math.isfinite(share := verdict.measured / verdict.budget.max)
    ]


def hops(verdicts: Sequence[Verdict]) -> list[Row]:
    """Return p50 and, where there is one, p99 of everything that has them, in milliseconds."""
    measured = {
        verdict.name: verdict.measured for verdict in verdicts if math.isfinite(verdict.measured)
    }
    rows: list[Row] = []
    for name, p50 in measured.items():
        if name.endswith(_P50):
            hop = name.removesuffix(_P50)
            p99 = measured.get(hop + _P99)
            beyond = () if p99 is None else (Bar(p99, _BEYOND),)
            rows.append(Row(name=hop, bars=(*beyond, Bar(p50, _KEPT))))
    return rows
