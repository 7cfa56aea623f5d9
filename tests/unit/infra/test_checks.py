from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from infra.local.making import checks
from infra.local.making.checks import Outcome, Stage, counts_of

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def stages_are(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def replace(*stages: Stage) -> None:
        monkeypatch.setattr(checks, "stages", lambda: stages)
        monkeypatch.setattr(checks, "forget_coverage", lambda: None)

    return replace


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


_FIRST_ALL_THEN_ONE = """
import sys
alone = "--last-failed" in sys.argv
lines = LATER if alone else [f"FAILED {each} - assert 1 == 2" for each in BAD]
print(*lines, "BAD failed, 7 passed in 2s", sep="\\n")
raise SystemExit(any(line.startswith("FAILED") for line in lines))
"""


def spread_run(*bad: str, still: bool = False) -> Stage:
    """A test run beside others, whose failed tests pass alone, or fail there too if `still`."""
    later = ["FAILED tests/unit/test_a.py::test_one - no"] if still else list[str]()
    program = f"BAD = {list(bad)!r}; LATER = {later!r}\n{_FIRST_ALL_THEN_ONE}"
    program = program.replace("BAD failed", f"{len(bad)} failed")
    spread = ("-n", "4", "--dist", "loadfile")
    return Stage("tests", (sys.executable, "-c", program, *spread, "tests"), counts=True)


def test_what_failed_beside_others_and_passes_alone_is_named_and_fails_nothing(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    stages_are(spread_run("tests/unit/test_a.py::test_one[a b]"))

    assert checks.main([]) == 0

    said = capfd.readouterr().out.splitlines()
    assert "unsteady, passed alone: tests/unit/test_a.py::test_one[a b]" in said[-3]
    assert said[-1] == "8 passed, 1 of them unsteady, 0 failed, 0 skipped"


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param(spread_run("tests/unit/test_a.py::test_one", still=True), id="fails alone"),
        pytest.param(
            spread_run(*(f"tests/unit/test_a.py::test_{n}" for n in range(4))), id="too many"
        ),
        pytest.param(spread_run("tests/simulation/test_towns.py::test_a"), id="virtual time"),
        pytest.param(
            Stage("tests", (sys.executable, "-c", "raise SystemExit(1)", "-n")), id="nothing named"
        ),
    ],
)
def test_what_is_no_bad_luck_fails(
    stages_are: Callable[..., None], capfd: pytest.CaptureFixture[str], stage: Stage
) -> None:
    stages_are(stage)

    assert checks.main([]) == 1
    assert "unsteady" not in capfd.readouterr().out
