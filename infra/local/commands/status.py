"""`fourpass status`: how all parts are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from infra.local.board import read_board
from infra.local.settings import data_dir

if TYPE_CHECKING:
    from argparse import Namespace

    from infra.local.board import Report


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Print the state of all parts; 0 if everything is ready."""
    folder = data_dir(environment, arguments.data_dir)
    report = read_board(folder)
    if arguments.json:
        shown = {"parts": report.parts, "workers": report.workers}
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
    else:
        sys.stdout.write(table(report) or f"4pass does not run on {folder}\n")
    return 0 if report.is_ready else 1


def table(report: Report) -> str:
    """Write the report for people, one line a part and a worker."""
    lines = [
        f"{part.name:<16} {part.state:<11} {part.pid or '-':>8}  {part.since:%Y-%m-%d %H:%M:%S}Z"
        f"  {part.address or '-'}\n"
        for part in report.parts
    ]
    lines += [
        f"{'worker':<16} {worker.get('state')!s:<11} {worker.get('pid') or '-':>8}"
        f"  user {worker.get('user_id') or '-'}\n"
        for worker in report.workers
    ]
    return "".join(lines)
