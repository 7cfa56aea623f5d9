from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from infra.local.making import checks, second_look
from infra.local.making.stages import Stage, stages

if TYPE_CHECKING:
    from collections.abc import Callable


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


@pytest.mark.parametrize(
    ("line", "test"),
    [
        (
            "FAILED tests/unit/test_a.py::test_one - assert 1 == 2\n",
            "tests/unit/test_a.py::test_one",
        ),
        ("ERROR tests/unit/test_a.py::test_one[a - b]\n", "tests/unit/test_a.py::test_one[a"),
        ("XFAIL tests/unit/test_a.py::test_one - known\n", None),
        ("tests/unit/test_a.py::test_one FAILED\n", None),
    ],
)
def test_a_failed_test_is_known_by_its_line(line: str, test: str | None) -> None:
    assert second_look.bad_test(line) == test


def test_what_runs_again_is_what_failed_last_in_one_process() -> None:
    [tests] = [stage.command for stage in stages() if stage.name == "tests"]

    again = second_look.again(tests)

    assert "-n" not in again
    assert "--dist" not in again
    assert again[-4:] == ("--last-failed", "--last-failed-no-failures", "none", "tests")
    assert "not prove and not long_prove and not infra and not applied" in again
