"""The promises on speed: read from `budgets.toml`, compared with what was measured."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

BUDGETS = Path(__file__).with_name("budgets.toml")


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a figure may come to.

    Attributes:
        stage: The hop it belongs to, a name of `telemetry.stages`.
        max: The most it may be.
        gates: A figure that misses its budget fails the run; else it is only reported.
        held_at: Where a promise is not kept yet: it is shown as missed, and the run fails only if
            the figure gets worse than this. It may only ever be lowered, until it is dropped.
        why: What the figure is, and where the budget comes from.
    """

    stage: str
    max: float
    gates: bool
    why: str
    held_at: float | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside its budget."""

    name: str
    measured: float
    budget: Budget | None

    @property
    def is_kept(self) -> bool:
        """Say whether the budget holds; a figure without one always does."""
        return self.budget is None or self.measured <= self.budget.max

    @property
    def fails(self) -> bool:
        """Say whether this figure fails the run."""
        if self.budget is None or not self.budget.gates or self.is_kept:
            return False
        held_at = self.budget.held_at
        return held_at is None or not self.measured <= held_at


def read_budgets(path: Path = BUDGETS) -> dict[str, Budget]:
    """Read the file; a key that is misspelt is an error."""
    return msgspec.convert(tomllib.loads(path.read_text()), dict[str, Budget])


def judge(figures: Mapping[str, float], budgets: Mapping[str, Budget]) -> list[Verdict]:
    """Put each figure beside its budget.

    A budget without a figure counts as missed where its case ran: a gate never goes by silently.
    """
    ran = {_case_of(name) for name in figures}
    missing = {name: math.nan for name in budgets if name not in figures and _case_of(name) in ran}
    return [
        Verdict(name=name, measured=value, budget=budgets.get(name))
        for name, value in {**figures, **missing}.items()
    ]


def _case_of(name: str) -> str:
    return name.partition(".")[0]
