"""What `make test` runs, in its order: what is quick to tell comes first."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
BIN = ROOT / ".venv" / "bin"
CODE = ("telemetry", "bus", "broker_adapters", "handlers", "edge", "worker_runtime",
        "lambda_entry", "infra", "bench", "tests")  # fmt: skip
PROCESSES = 4


class Stage(NamedTuple):
    """One thing to run.

    `needs` is a file without which there is nothing to run yet; a stage that `counts` is a test
    run, whose closing line is added up; those that stand `beside` keep one core busy, one after the
    other from the start on, beside what comes before them.
    """

    name: str
    command: tuple[str, ...]
    needs: str = ""
    counts: bool = False
    beside: bool = False


def stages() -> tuple[Stage, ...]:
    """List all stages in their order."""
    python, ruff = str(BIN / "python"), str(BIN / "ruff")
    pytest = (python, "-m", "pytest", "-q", "--durations=5")
    # Files are spread over processes; each has servers of its own, and spends its time waiting.
    # They share the cores, so that what hangs is told from what is slow later than for one alone.
    spread = (*pytest, "-n", str(PROCESSES), "--dist", "loadfile", "--timeout=60",
              "--no-loadscope-reorder")  # fmt: skip
    dashboard = (python, "-m", "infra.local.making.dashboard", "run")
    # Without the memory of what failed last, which belongs to the tests that run meanwhile.
    infra = (*pytest, "-p", "no:cacheprovider", "-m", "infra", "--timeout=300", "tests/infra")
    # What is loaded of tests is compiled by pytest anew; four processes at once would all do it.
    collect = (python, "-m", "pytest", "-qq", "-p", "no:cacheprovider", "--collect-only", "tests")
    return (
        Stage("lint", (ruff, "check", *CODE)),
        Stage("format", (ruff, "format", "--check", *CODE)),
        Stage("imports", (str(BIN / "lint-imports"), "--no-cache"), needs=".importlinter"),
        Stage("client", (python, "-m", "infra.local.making.api_description", "--check")),
        Stage("spa-client", (*dashboard, "client:check")),
        Stage("spa-lint", (*dashboard, "lint")),
        Stage("spa-types", (*dashboard, "types")),
        Stage("spa-unit", (*dashboard, "unit")),
        Stage("types", (str(BIN / "pyright"),), beside=True),
        Stage("collect", collect, beside=True),
        Stage("prometheus", (python, "-m", "infra.local.making.prometheus")),
        Stage(
            "tests",
            (*spread, "-m", "not prove and not long_prove and not infra and not applied", "tests"),
            counts=True,
        ),
        Stage("infra", infra, counts=True, beside=True),
        Stage("spa-build", (python, "-m", "infra.local.making.dashboard", "build")),
        Stage("journeys", (*dashboard, "journeys")),
        Stage("prove", (*pytest, "-m", "prove", "--timeout=600", "tests"), counts=True),
        Stage("bench", (python, "-m", "bench", "--gate"), needs="bench/__main__.py"),
    )
