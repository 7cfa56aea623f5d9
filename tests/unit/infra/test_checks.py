from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from infra.local.making import checks
from infra.local.making.checks import Outcome, counts_of
from infra.local.making.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def a_stage(name: str, program: str, *, counts: bool = False, needs: str = "") -> Stage:
    return Stage(name, (sys.executable, "-c", program), counts=counts, needs=needs)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("41 passed in 23.39s", {"passed": 41}),
        ("3 failed, 38 passed, 1 skipped in 21.91s", {"failed": 3, "passed": 38, "skipped": 1}),
        ("1 passed, 2 errors in 0.1s", {"passed": 1, "error": 2}),
        ("no tests ran in 0.01s", {}),
    ],
)
def test_closing_line_of_a_test_run_is_read(line: str, counts: dict[str, int]) -> None:
    assert counts_of(line) == counts


def test_every_stage_runs_and_one_failure_fails_all(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    stages_are(a_stage("first", "raise SystemExit(3)"), a_stage("second", "print('ran')"))

    code = checks.main([])

    said = capfd.readouterr().out
    assert code == 1
    assert "FAILED (3)" in said
    assert "ran" in said


def test_what_stands_beside_has_begun_when_the_first_stage_runs(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mark = f"__import__('pathlib').Path({str(tmp_path / 'mark')!r})"
    waits = f"while not {mark}.exists(): pass\nprint('seen')"
    beside = a_stage("beside", f"{mark}.touch(); raise SystemExit(4)")._replace(beside=True)
    stages_are(a_stage("first", waits), beside)

    code = checks.main([])

    assert code == 1
    said = capfd.readouterr().out
    assert said.index("seen") < said.index("--- beside")
    assert "FAILED (4)" in said


def test_those_that_stand_beside_run_one_after_the_other(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mark = f"__import__('pathlib').Path({str(tmp_path / 'mark')!r})"
    slow = f"import time; time.sleep(0.3); {mark}.touch(); print('1 passed in 1s')"
    stages_are(
        a_stage("first", slow, counts=True)._replace(beside=True),
        a_stage("second", f"raise SystemExit(not {mark}.exists())")._replace(beside=True),
    )

    assert checks.main([]) == 0
    said = capfd.readouterr().out
    assert said.index("--- first") < said.index("1 passed in 1s") < said.index("--- second")
    assert said.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"


def test_counts_of_all_test_runs_are_on_the_last_line(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    stages_are(
        a_stage("tests", "print('2 passed, 1 skipped in 1s')", counts=True),
        a_stage("prove", "print('1 failed, 3 passed in 1s')", counts=True),
    )

    checks.main([])

    assert capfd.readouterr().out.splitlines()[-1] == "5 passed, 1 failed, 1 skipped"


def test_stage_with_nothing_to_run_is_told_and_not_failed(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    stages_are(a_stage("bench", "raise SystemExit(1)", needs="no/such/file"))

    assert checks.main([]) == 0
    assert "nothing to run yet" in capfd.readouterr().out


def test_summary_tells_what_a_failed_stage_ended_with(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    stages_are(
        a_stage("bad", "print('FAILED: a.ratio 3 (at most 2)'); raise SystemExit(1)"),
        a_stage("good", "print('all gates hold')"),
    )

    checks.main([])

    summary = capfd.readouterr().out.partition("--- summary")[2]
    assert "FAILED: a.ratio 3 (at most 2)" in summary
    assert "all gates hold" not in summary


def test_only_the_named_stages_run(stages_are: Callable[..., None]) -> None:
    stages_are(a_stage("bad", "raise SystemExit(1)"), a_stage("good", "pass"))

    assert checks.main(["good"]) == 0


def test_unknown_stage_is_refused() -> None:
    assert checks.main(["fly"]) == 2


def test_test_run_that_died_without_a_closing_line_fails(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    stages_are(a_stage("tests", "raise SystemExit(-9)", counts=True))

    assert checks.main([]) == 1
    assert "FAILED" in capfd.readouterr().out


def test_outcome_without_a_code_is_no_failure() -> None:
    assert not any(outcome.code for outcome in [Outcome(a_stage("x", ""), None, 0.0, {})])
