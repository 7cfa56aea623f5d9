"""`fourpass status`: how all parts are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio
import msgspec

from infra.local.board import read_board
from infra.local.errors import LocalError
from infra.local.record import NoRecordError, open_record
from infra.local.settings import data_dir

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from handlers.records.views import WorkerView
    from infra.local.board import Report


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Print the state of all parts; 0 if everything is ready."""
    folder = data_dir(environment, arguments.data_dir)
    report = read_board(folder)
    workers = anyio.run(_workers, environment, folder) if report.parts else ()
    if arguments.json:
        shown = {"parts": report.parts, "workers": workers or ()}
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
    else:
        sys.stdout.write(table(report, workers or ()) or f"4pass does not run on {folder}\n")
    return 0 if report.is_ready and workers is not None else 1


def table(report: Report, workers: Sequence[WorkerView]) -> str:
    """Write the report for people, one line a part and a worker."""
    lines = [
        f"{part.name:<16} {part.state:<11} {part.pid or '-':>8}  {part.since:%Y-%m-%d %H:%M:%S}Z"
        f"  {part.address or '-'}\n"
        for part in report.parts
    ]
    lines += [
        f"{'worker':<16} {worker.state:<11} {worker.pid:>8}  user {worker.user_id or '-'}\n"
        for worker in workers
    ]
    return "".join(lines)


async def _workers(environment: dict[str, str], folder: Path) -> Sequence[WorkerView] | None:
    """Ask the record for the workers; where they are not known, a line says so.

    `None` while the record gives no answer; one that only the parts were told of is no fault.
    """
    try:
        async with open_record(environment, folder) as store:
            return await store.queries.workers(None)
    except LocalError as error:
        sys.stderr.write(f"fourpass: which workers there are is not known: {error}\n")
        return () if isinstance(error, NoRecordError) else None
