"""Brokers played by doubles on this machine: `fourpass up --with-doubles`."""

from __future__ import annotations

import socket
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from broker_adapters.settings import GATEIO_VARIABLE
from infra.local.parts import Command
from infra.local.supervisor import Supervisor, supervised

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from infra.local.parts import Part

GATEIO = "gateio-double"
# The account that every double of Gate has; it can do nothing anywhere else.
KEY, SECRET = "double-key", "double-secret"
_HOST = "127.0.0.1"


@asynccontextmanager
async def played_brokers(
    environment: Mapping[str, str], *, is_wanted: bool, on_change: Callable[[Part], None]
) -> AsyncGenerator[dict[str, str]]:
    """Run the doubles, if they are wanted; yields what tells the other parts to trade there.

    A double that is started again stands at the same address, with an empty ledger.
    """
    if not is_wanted:
        yield {}
        return
    port = free_port()
    address = f"http://{_HOST}:{port}"
    command = Command(
        name=GATEIO,
        argv=(sys.executable, "-m", "infra.local.doubles.gateio", "--port", str(port)),
        ready_line='"address"',
        address=address,
        environ=environment,
    )
    async with supervised(Supervisor(command, on_change=on_change)):
        yield {GATEIO_VARIABLE: address}


def told_of(played: Mapping[str, str]) -> str:
    """Say which brokers are doubles, and with what an account is opened there."""
    address = played.get(GATEIO_VARIABLE)
    if address is None:
        return ""
    return f"Gate is played by a double at {address}: api_key {KEY}, api_secret {SECRET}.\n"


def free_port() -> int:
    """Return a port that nobody listens at just now."""
    with socket.socket() as bound:
        bound.bind((_HOST, 0))
        return bound.getsockname()[1]
