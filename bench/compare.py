"""Two results side by side: `--compare A.json B.json`, and whether a gating figure got worse.

A budget says what a figure may come to on any machine, so it has room, and cannot see what costs a
third more. Two results of one machine, or better of one interleaved run, can.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WORSE_BY = 0.2


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of a result, as `report` writes it."""

    name: str
    measured: float | None
    gates: bool


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A run's result."""

    figures: tuple[Figure, ...]

    def by_name(self) -> dict[str, Figure]:
        """Return the figures by name."""
        return {figure.name: figure for figure in self.figures}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, twice; without a number where a result does not have it."""

    name: str
    before: float
    after: float
    gates: bool

    @property
    def share(self) -> float:
        """How much more it came to, as a share; less is negative."""
        if self.before == self.after:
            return 0.0
        return math.inf if self.before == 0 else self.after / self.before - 1.0

    def fails(self, allowed: float) -> bool:
        """Say whether a gating figure got worse by more than is allowed, or is gone."""
        return self.gates and not self.share <= allowed


def read_result(path: Path) -> Result:
    """Read a result; `msgspec.DecodeError` if the file is none."""
    return msgspec.json.decode(path.read_bytes(), type=Result)


def compare(before: Result, after: Result) -> list[Change]:
    """Put the figures of both beside each other.

    What only the second one has is new and has nothing to be compared with. What only the first one
    has counts as gone if the second ran its case: a gate never goes by silently.
    """
    now = after.by_name()
    ran = {_case_of(name) for name in now}
    return [
        Change(
            name=name,
            before=_number(figure),
            after=_number(now[name]) if name in now else math.nan,
            gates=figure.gates,
        )
        for name, figure in before.by_name().items()
        if _case_of(name) in ran
    ]


def changes_between(
    before: Mapping[str, float], after: Mapping[str, float], gates: Sequence[str]
) -> list[Change]:
    """Return the changes of what gates between two sets of figures."""
    return [
        Change(name=name, before=before[name], after=after.get(name, math.nan), gates=True)
        for name in gates
        if name in before
    ]


def as_table(changes: Sequence[Change], allowed: float) -> str:
    """Return the changes as a table, one figure a line; what gates is marked."""
    width = max((len(change.name) for change in changes), default=10)
    lines = [f"{'figure':{width}}  {'before':>12}  {'after':>12}  {'change':>8}"]
    for change in changes:
        verdict = ("WORSE" if change.fails(allowed) else "gates") if change.gates else ""
        lines.append(
            f"{change.name:{width}}  {change.before:12.4g}  {change.after:12.4g}"
            f"  {change.share:+8.1%}  {verdict}".rstrip()
        )
    return "\n".join(lines)


def _number(figure: Figure) -> float:
    return math.nan if figure.measured is None else figure.measured


def _case_of(name: str) -> str:
    return name.partition(".")[0]
