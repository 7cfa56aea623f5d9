from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import pytest

from bench.__main__ import main
from bench.budgets import Budget, judge
from bench.compare import Figure, Result, as_table, changes_between, compare, read_result
from bench.report import as_json

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("logging_as_before")

ALLOWED = 0.2


def a_result(*, gates: bool = True, **figures: float) -> Result:
    return Result(
        figures=tuple(
            Figure(name=f"edge.{name}", measured=value, gates=gates)
            for name, value in figures.items()
        )
    )


def a_file(folder: Path, name: str, ratio: float) -> str:
    budget = Budget(stage="claimed", max=10.0, gates=True, why="")
    file = folder / name
    verdicts = judge({"edge.ratio": ratio}, {"edge.ratio": budget})
    file.write_bytes(as_json(verdicts, rounds={"edge": 1}))
    return str(file)


def test_gating_figure_that_got_a_third_worse_fails_though_its_budget_holds() -> None:
    [change] = compare(a_result(ratio=1.0), a_result(ratio=1.3))

    assert change.fails(ALLOWED)


def test_gating_figure_within_the_share_does_not_fail() -> None:
    [change] = compare(a_result(ratio=1.0), a_result(ratio=1.2))

    assert not change.fails(ALLOWED)


def test_gating_figure_that_got_better_does_not_fail() -> None:
    [change] = compare(a_result(ratio=1.0), a_result(ratio=0.2))

    assert not change.fails(ALLOWED)


def test_figure_that_does_not_gate_never_fails() -> None:
    [change] = compare(a_result(gates=False, ratio=1.0), a_result(gates=False, ratio=9.0))

    assert not change.fails(ALLOWED)


def test_gating_figure_that_is_gone_fails() -> None:
    gone, _ = compare(a_result(ratio=1.0, time=1.0), a_result(time=1.0))

    assert gone.fails(ALLOWED)


def test_gating_figure_that_is_no_number_fails() -> None:
    [change] = compare(a_result(ratio=1.0), a_result(ratio=math.nan))

    assert change.fails(ALLOWED)


def test_count_that_was_nought_and_is_not_any_more_fails() -> None:
    [change] = compare(a_result(late=0.0), a_result(late=1.0))

    assert change.fails(ALLOWED)


def test_count_that_stays_nought_does_not_fail() -> None:
    [change] = compare(a_result(late=0.0), a_result(late=0.0))

    assert not change.fails(ALLOWED)


def test_figure_of_a_case_that_did_not_run_again_is_not_asked_for() -> None:
    other = Result(figures=(Figure(name="hop.ratio", measured=1.0, gates=True),))

    assert not compare(a_result(ratio=1.0), other)


def test_gate_without_a_figure_in_the_slowed_run_fails() -> None:
    [change] = changes_between({"edge.ratio": 1.0}, {}, ["edge.ratio"])

    assert change.fails(ALLOWED)


def test_table_names_what_got_worse() -> None:
    table = as_table(compare(a_result(ratio=1.0), a_result(ratio=1.3)), ALLOWED)

    assert [" ".join(line.split()) for line in table.splitlines()][1:] == [
        "edge.ratio 1 1.3 +30.0% WORSE"
    ]


def test_what_report_writes_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_bytes(as_json(judge({"edge.ratio": math.nan}, {}), rounds={"edge": 1}))

    assert read_result(file) == Result(
        figures=(Figure(name="edge.ratio", measured=None, gates=False),)
    )


def test_file_that_is_no_result_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text("{}")

    with pytest.raises(msgspec.ValidationError):
        read_result(file)


@pytest.mark.parametrize(("after", "code"), [(1.1, 0), (1.3, 1)])
def test_command_ends_with_1_when_a_gate_got_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: float, code: int
) -> None:
    files = [a_file(tmp_path, "a.json", 1.0), a_file(tmp_path, "b.json", after)]
    monkeypatch.setattr("sys.argv", ["bench", "--compare", *files])

    assert main() == code
