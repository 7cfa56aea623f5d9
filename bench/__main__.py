"""Measure: `python -m bench [CASE …]`; compare two results; or try the gates."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.budgets import judge, read_budgets
from bench.cases import CASES, FEW_ROUNDS, WHOLE_CASES
from bench.compare import WORSE_BY, compare, read_result
from bench.compare import as_table as as_changes
from bench.gating import confirmed
from bench.handicap import VARIABLE, HandicapError, parse
from bench.plots import draw
from bench.report import as_closing_line, as_json, as_table, say
from bench.runs import run
from bench.speed import as_table as as_promises
from bench.trying import Trial, try_gates
from bench.trying import as_table as as_tried
from telemetry.logs import configure
from telemetry.settings import TelemetrySettings

if TYPE_CHECKING:
    from bench.trying import Tried

_ROUNDS = 5


def main() -> int:
    """Do what was asked for; 1 if a gate is missed, or got worse, or did not see what it should."""
    options = _options()
    configure(TelemetrySettings(service="bench", level=logging.WARNING))
    if options.compare:
        return _compare(*options.compare, allowed=options.worse)
    if options.try_gates:
        return _try(options)
    os.environ[VARIABLE] = options.handicap
    return _measure(options)


def _measure(options: argparse.Namespace) -> int:
    cases, budgets = WHOLE_CASES if options.full else CASES, read_budgets()
    figures: dict[str, float] = {}
    for name in options.cases or cases:
        take = partial(run, name, cases[name], rounds=_rounds(name, options))
        figures |= confirmed(take(), budgets, take) if options.gate else take()
    verdicts = judge(figures, budgets)
    rounds = {name: _rounds(name, options) for name in options.cases or cases}
    document = as_json(verdicts, rounds=rounds)
    if options.json:
        Path(options.json).write_bytes(document)
    if options.plots:
        for file in draw(verdicts, Path(options.plots)):
            say(f"drawn: {file}")
    if sys.stdout.isatty() or options.gate:
        told = as_table(verdicts), as_promises(figures), as_closing_line(verdicts)
        print(*filter(None, told), sep="\n\n")
    else:
        print(document.decode())
    return int(options.gate and any(verdict.fails for verdict in verdicts))


def _compare(before: str, after: str, *, allowed: float) -> int:
    changes = compare(read_result(Path(before)), read_result(Path(after)))
    print(as_changes(changes, allowed))
    return int(any(change.fails(allowed) for change in changes))


def _try(options: argparse.Namespace) -> int:
    budgets = read_budgets()
    tried: list[Tried] = []
    for name in options.cases or CASES:
        trial = Trial(rounds=_rounds(name, options), by=options.try_gates, allowed=options.worse)
        for each in try_gates(name, CASES[name], budgets, trial):
            say(as_tried([each]))
            tried.append(each)
    print(as_tried(tried))
    return int(not all(each.by_comparison for each in tried))


def _rounds(name: str, options: argparse.Namespace) -> int:
    return options.rounds or (FEW_ROUNDS[name] if options.gate and not options.full else _ROUNDS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"some of: {', '.join(CASES)}")
    parser.add_argument(
        "--gate", action="store_true", help="exit 1 if a gating budget is missed, twice"
    )
    parser.add_argument("--full", action="store_true", help="all peers, and the whole burst")
    parser.add_argument("--rounds", type=int, help=f"rounds per case (default {_ROUNDS}, or fewer)")
    parser.add_argument("--json", metavar="FILE", help="write the result there too")
    parser.add_argument("--plots", metavar="DIR", help="draw the result there, as SVG")
    parser.add_argument("--handicap", metavar="STAGE=1.3", default="", help="slow a stage down")
    parser.add_argument("--compare", nargs=2, metavar=("A.json", "B.json"), help="compare results")
    parser.add_argument(
        "--try-gates", type=float, metavar="1.3", help="slow each gated stage; 1 if one goes unseen"
    )
    parser.add_argument(
        "--worse", type=float, default=WORSE_BY, metavar="SHARE",
        help=f"how much worse a gating figure may get (default {WORSE_BY})",
    )  # fmt: skip
    options = parser.parse_args()
    for name in options.cases:
        if name not in CASES:
            parser.error(f"no such case: {name}")
    try:
        parse(options.handicap)
    except HandicapError as error:
        parser.error(str(error))
    return options


if __name__ == "__main__":
    sys.exit(main())
