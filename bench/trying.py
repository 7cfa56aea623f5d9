"""Tries the gates: slows each stage that one guards, and says whether it would have been seen.

A case and its slowed self take their rounds in turns, so that both meet the same machine; what the
budgets say of the slowed one is what they would say in a run.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from bench.compare import Change, changes_between
from bench.gating import confirmed, failing
from bench.runs import handicapped, run, run_slowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.budgets import Budget
    from bench.measure import Case


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A gate and what it said of a stage that was slowed."""

    change: Change
    stage: str
    by_budget: bool
    by_comparison: bool


def gates_by_stage(budgets: Mapping[str, Budget], case: str) -> dict[str, list[str]]:
    """Return the gating budgets of a case, by the stage that each is about."""
    found: dict[str, list[str]] = {}
    for name, budget in budgets.items():
        if budget.gates and name.partition(".")[0] == case:
            found.setdefault(budget.stage, []).append(name)
    return found


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How gates are tried: how often, how much slower, how much of that may go unseen."""

    rounds: int
    by: float
    allowed: float


def try_gates(
    name: str, case: Case, budgets: Mapping[str, Budget], trial: Trial
) -> Iterator[Tried]:
    """Slow each gated stage of a case, one after the other, and look at its gates."""
    for stage, gates in gates_by_stage(budgets, name).items():
        handicap = f"{stage}={trial.by}"
        plain, slowed = run_slowed(name, case, rounds=trial.rounds, handicap=handicap)
        with handicapped(handicap):
            judged = confirmed(slowed, budgets, partial(run, name, case, rounds=trial.rounds))
        red = failing(judged, budgets)
        for change in changes_between(plain, slowed, gates):
            yield Tried(
                change=change,
                stage=stage,
                by_budget=change.name in red,
                by_comparison=change.fails(trial.allowed),
            )


def as_table(tried: Sequence[Tried]) -> str:
    """Return what was tried as a table, one gate a line."""
    width = max((len(each.change.name) for each in tried), default=10)
    heads = f"{'slowed stage':14}  {'plain':>9}  {'slowed':>9}  {'change':>7}  budget  compare"
    lines = [f"{'gate':{width}}  {heads}"]
    for each in tried:
        change = each.change
        lines.append(
            f"{change.name:{width}}  {each.stage:14}  {change.before:9.4g}  {change.after:9.4g}"
            f"  {change.share:+7.1%}  {_word(each.by_budget):6}  {_word(each.by_comparison)}"
        )
    return "\n".join(line.rstrip() for line in lines)


def _word(is_red: bool) -> str:  # noqa: FBT001 - what it says of a truth
    return "RED" if is_red else "green"
