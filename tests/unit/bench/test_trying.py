from __future__ import annotations

from bench.budgets import Budget, read_budgets
from bench.cases import CASES
from bench.compare import Change
from bench.handicap import parse
from bench.trying import Tried, as_table, gates_by_stage


def a_budget(stage: str, *, gates: bool = True) -> Budget:
    return Budget(stage=stage, max=2.0, gates=gates, why="")


def test_gates_of_a_case_are_tried_by_their_stage() -> None:
    budgets = {
        "claim.cpu": a_budget("claimed"),
        "claim.memory": a_budget("claimed"),
        "claim.time": a_budget("claimed", gates=False),
        "edge.cpu": a_budget("edge_received"),
    }

    assert gates_by_stage(budgets, "claim") == {"claimed": ["claim.cpu", "claim.memory"]}


def test_every_gate_that_there_is_can_be_tried() -> None:
    for case in CASES:
        for stage in gates_by_stage(read_budgets(), case):
            assert parse(f"{stage}=1.3")


def test_table_says_which_gate_saw_it() -> None:
    change = Change(name="claim.cpu", before=1.0, after=1.3, gates=True)
    tried = Tried(change=change, stage="claimed", by_budget=False, by_comparison=True)

    assert " ".join(as_table([tried]).splitlines()[1].split()) == (
        "claim.cpu claimed 1 1.3 +30.0% green RED"
    )
