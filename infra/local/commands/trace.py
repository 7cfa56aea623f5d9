"""`fourpass trace`: the whole trace of one order as JSON, built from the record."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio
import msgspec

from bus.values import OrderId
from handlers.observing.traces import spans_of
from infra.local.errors import LocalError
from infra.local.record import open_record
from infra.local.settings import data_dir

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Print the spans, one JSON object a line, in the order in which they began."""
    anyio.run(_run, arguments, environment)
    return 0


async def _run(arguments: Namespace, environment: dict[str, str]) -> None:
    folder = data_dir(environment, arguments.data_dir)
    async with open_record(environment, folder) as store:
        trail = await store.watch.trail(OrderId(arguments.order))
    if trail is None:
        msg = f"there is no order {arguments.order}"
        raise LocalError(msg)
    for span in sorted(spans_of(trail), key=lambda span: span.start_ns):
        sys.stdout.write(msgspec.json.encode(span).decode() + "\n")
