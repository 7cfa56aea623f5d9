"""Runs the double as a process.

    python -m infra.local.doubles.shioaji --port 8098 --key KEY --secret SECRET

It prints one line of JSON, `{"address": "tcp://…"}`, when it listens, and ends at SIGTERM.
"""

from __future__ import annotations

import argparse
import signal
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

from bus.values import SystemClock
from infra.local.doubles.shioaji.people import a_certificate
from infra.local.doubles.shioaji.server import serving
from infra.local.doubles.shioaji.venue import SinoVenue

if TYPE_CHECKING:
    from collections.abc import Sequence

_PRICES = {
    "2330": Decimal(600),
    "0050": Decimal(180),
    "2884": Decimal(25),
    "TXFR1": Decimal(20_000),
    "MXFR1": Decimal(20_000),
    "TMFR1": Decimal(20_000),
}


def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    # Before there is a second thread: each thread has a mask of its own.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    clock = SystemClock()
    venue = SinoVenue(clock)
    venue.listed.list_everything()
    certificate = a_certificate(clock.now().timestamp(), password=arguments.ca_password)
    venue.open_account(arguments.key, arguments.secret, certificate=certificate)
    for code, price in _PRICES.items():
        venue.stand(code, price)
    with serving(venue, port=arguments.port) as address:
        sys.stdout.write(f'{{"address": "{address}"}}\n')
        sys.stdout.flush()
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="shioaji", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="double-key")
    parser.add_argument("--secret", default="double-secret")
    parser.add_argument("--ca-password", default="double-password")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(parsed())
