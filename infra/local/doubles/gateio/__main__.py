"""Runs the double as a process.

    python -m infra.local.doubles.gateio --port 8099 --key KEY --secret SECRET

It prints one line of JSON, `{"address": "http://…"}`, when it listens, and ends at SIGTERM.
"""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING

import anyio

from bus.values import SystemClock
from infra.local.doubles.gateio.server import serving
from infra.local.doubles.gateio.venue import GateVenue

if TYPE_CHECKING:
    from collections.abc import Sequence


async def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    venue = GateVenue(SystemClock(), seed=arguments.seed)
    venue.list_everything()
    venue.open_account(arguments.key, arguments.secret)
    venue.limits.is_off = arguments.no_limits
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with serving(venue, port=arguments.port) as doors:
            sys.stdout.write(f'{{"address": "{doors.url}"}}\n')
            sys.stdout.flush()
            async for _ in signals:
                return


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="gateio", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--key", default="double-key")
    parser.add_argument("--secret", default="double-secret")
    parser.add_argument("--no-limits", action="store_true", help="as many requests as come")
    return parser.parse_args(words)


if __name__ == "__main__":
    anyio.run(run, parsed())
