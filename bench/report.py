"""What a run is shown as: JSON for programs, a table for people."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.budgets import Verdict


def as_json(verdicts: Sequence[Verdict], *, rounds: Mapping[str, int]) -> bytes:
    """Return the run as one JSON document, with how many rounds each case took."""
    document = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "rounds": rounds,
        "figures": [
            {
                "name": verdict.name,
                "measured": verdict.measured,
                "budget": verdict.budget.max if verdict.budget else None,
                "gates": verdict.budget.gates if verdict.budget else False,
                "kept": verdict.is_kept,
                "fails": verdict.fails,
            }
            for verdict in verdicts
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def as_table(verdicts: Sequence[Verdict]) -> str:
    """Return the run as a table, one figure a line."""
    width = max((len(verdict.name) for verdict in verdicts), default=10)
    lines = [f"{'figure':{width}}  {'measured':>12}  {'budget':>10}"]
    for verdict in verdicts:
        budget = "" if verdict.budget is None else f"{verdict.budget.max:10.4g}"
        lines.append(
            f"{verdict.name:{width}}  {verdict.measured:12.4g}  {budget:>10}  {_word(verdict)}"
        )
    return "\n".join(line.rstrip() for line in lines)


def as_closing_line(verdicts: Sequence[Verdict]) -> str:
    """Return one line: what fails the run and what it came to, or that all gates hold."""
    failed = [
        f"{verdict.name} {verdict.measured:.4g} (at most {verdict.budget.max:g})"
        for verdict in verdicts
        if verdict.fails and verdict.budget
    ]
    return f"FAILED: {', '.join(failed)}" if failed else "all gates hold"


def _word(verdict: Verdict) -> str:
    if verdict.budget is None:
        return ""
    if verdict.is_kept:
        return "kept"
    if verdict.fails:
        return "FAILED"
    held_at = verdict.budget.held_at
    return "missed (reported only)" if held_at is None else f"MISSED, held at {held_at:g}"


def say(text: str) -> None:
    """Tell a person how far the run is."""
    print(text, file=sys.stderr, flush=True)
