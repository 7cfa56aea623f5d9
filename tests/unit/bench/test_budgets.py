from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from bench.budgets import BUDGETS, Budget, judge, read_budgets
from bench.cases import CASES
from telemetry.stages import Stage

if TYPE_CHECKING:
    from pathlib import Path


def a_budget(*, gates: bool = True, held_at: float | None = None) -> Budget:
    return Budget(stage="claimed", max=2.0, gates=gates, held_at=held_at, why="A test's own.")


def test_figure_above_a_gating_budget_fails() -> None:
    [verdict] = judge({"claim.ratio": 2.5}, {"claim.ratio": a_budget()})

    assert verdict.fails


def test_figure_at_its_budget_is_kept() -> None:
    [verdict] = judge({"claim.ratio": 2.0}, {"claim.ratio": a_budget()})

    assert verdict.is_kept


def test_figure_above_a_budget_that_does_not_gate_is_missed_and_does_not_fail() -> None:
    [verdict] = judge({"claim.ratio": 2.5}, {"claim.ratio": a_budget(gates=False)})

    assert not verdict.is_kept
    assert not verdict.fails


def test_promise_that_is_not_kept_yet_is_missed_and_does_not_fail() -> None:
    [verdict] = judge({"claim.ratio": 2.5}, {"claim.ratio": a_budget(held_at=3.0)})

    assert not verdict.is_kept
    assert not verdict.fails


@pytest.mark.parametrize("measured", [3.1, float("nan")])
def test_promise_that_gets_worse_than_it_is_held_at_fails(measured: float) -> None:
    [verdict] = judge({"claim.ratio": measured}, {"claim.ratio": a_budget(held_at=3.0)})

    assert verdict.fails


def test_figure_that_is_no_number_is_never_kept() -> None:
    [verdict] = judge({"claim.ratio": float("nan")}, {"claim.ratio": a_budget()})

    assert verdict.fails


def test_figure_without_a_budget_is_kept() -> None:
    [verdict] = judge({"claim.time": 2.5}, {})

    assert verdict.is_kept


def test_budget_of_a_case_that_ran_without_its_figure_fails() -> None:
    verdicts = judge({"claim.time": 2.5}, {"claim.ratio": a_budget()})

    assert [verdict.name for verdict in verdicts if verdict.fails] == ["claim.ratio"]


def test_budget_of_a_case_that_did_not_run_is_not_asked_for() -> None:
    verdicts = judge({"claim.time": 2.5}, {"edge.ratio": a_budget()})

    assert [verdict.name for verdict in verdicts] == ["claim.time"]


def test_misspelt_key_of_a_budget_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "budgets.toml"
    file.write_text('["a.b"]\nstage = "claimed"\nmax = 1.0\ngate = true\nwhy = ""\n')

    with pytest.raises(msgspec.ValidationError):
        read_budgets(file)


def test_every_budget_belongs_to_a_case() -> None:
    assert {name.partition(".")[0] for name in read_budgets(BUDGETS)} <= set(CASES)


def test_every_budget_belongs_to_a_stage() -> None:
    assert {budget.stage for budget in read_budgets(BUDGETS).values()} <= set(Stage)


def test_what_is_promised_gates() -> None:
    promised = {
        "edge.cpu_over_raw_asgi": 1.5,
        "hop.fast_wakeup_over_lpush": 3.2,
        "claim.warm_cpu_over_cold": 1 / 50,
        "claim.private_mib_per_idle_worker": 6.0,
    }
    budgets = read_budgets(BUDGETS)

    gated = {name: budgets[name].max for name in promised if budgets[name].gates}
    assert gated.keys() == promised.keys()
    assert [name for name, most in promised.items() if gated[name] > most] == []
