"""Run the cases: `python -m bench [--gate] [--rounds N] [--json FILE] [CASE …]`."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import anyio

from bench.budgets import judge, read_budgets
from bench.cases import CASES
from bench.measure import Case, Figures, medians
from bench.report import as_json, as_table, say
from telemetry.logs import configure
from telemetry.settings import TelemetrySettings

# What loads and what is loaded share the machine: the loop that costs least leaves most.
_LOOP: dict[str, Any] = {"backend": "asyncio", "backend_options": {"use_uvloop": True}}


def main() -> int:
    """Run what was asked for; 1 if a gate is missed."""
    options = _options()
    configure(TelemetrySettings(service="bench", level=logging.WARNING))
    figures: dict[str, float] = {}
    for name in options.cases or CASES:
        began = monotonic()
        rounds = anyio.run(_rounds_of, CASES[name], options.rounds, **_LOOP)
        say(f"{name}: {options.rounds} rounds, {monotonic() - began:.0f} s")
        figures.update({f"{name}.{figure}": value for figure, value in medians(rounds).items()})
    verdicts = judge(figures, read_budgets())
    document = as_json(verdicts, rounds=options.rounds)
    if options.json:
        Path(options.json).write_bytes(document)
    print(as_table(verdicts) if sys.stdout.isatty() or options.gate else document.decode())
    return int(options.gate and any(verdict.fails for verdict in verdicts))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"some of: {', '.join(CASES)}")
    parser.add_argument(
        "--gate", action="store_true", help="exit 1 if a budget that gates is missed"
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds per case (default 5)")
    parser.add_argument("--json", metavar="FILE", help="write the result there too")
    options = parser.parse_args()
    for name in options.cases:
        if name not in CASES:
            parser.error(f"no such case: {name}")
    return options


async def _rounds_of(case: Case, rounds: int) -> list[Figures]:
    async with case() as take_round:
        return [await take_round() for _ in range(rounds)]


if __name__ == "__main__":
    sys.exit(main())
