from __future__ import annotations

from bench.cases import CASES, FEW_ROUNDS, WHOLE_CASES
from bench.cases.seed import figures

OURS = {"edge_cpu_us": 100.0, "executed_per_second": 500.0}
SEED = {"edge_cpu_us": 400.0, "executed_per_second": 250.0}


def test_ours_is_compared_with_each_peer_so_that_less_is_better() -> None:
    taken = figures({"ours": OURS, "seed": SEED})

    assert taken["edge_cpu_us_over_seed"] == 0.25
    assert taken["seed_executed_per_second_over_ours"] == 0.5


def test_own_figures_of_a_peer_stand_under_its_name() -> None:
    taken = figures({"ours": OURS, "seed": SEED})

    assert (taken["edge_cpu_us"], taken["seed_edge_cpu_us"]) == (100.0, 400.0)


def test_whole_run_has_every_case_of_the_gate() -> None:
    assert set(WHOLE_CASES) == set(CASES)
    assert set(FEW_ROUNDS) == set(CASES)
