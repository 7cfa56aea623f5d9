"""Brokers played by doubles on this machine: `fourpass up --with-doubles`."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from broker_adapters.settings import GATEIO_VARIABLE, SHIOAJI_VARIABLE
from infra.local.embedded.addresses import LOOPBACK, free_port
from infra.local.supervising.parts import Command
from infra.local.supervising.supervisor import Supervisor, supervised

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from infra.local.supervising.parts import Part

GATEIO, SHIOAJI = "gateio-double", "shioaji-double"
# The account that every double has; it can do nothing anywhere else.
KEY, SECRET = "double-key", "double-secret"
# What stands in for SinoPac's SDK in workers, and where that finds its venue.
STAND_IN = "infra.local.doubles.shioaji.remote"
SHIOAJI_DOUBLE_VARIABLE = "FOURPASS_SHIOAJI_DOUBLE"


@asynccontextmanager
async def played_brokers(
    environment: Mapping[str, str], *, is_wanted: bool, on_change: Callable[[Part], None]
) -> AsyncGenerator[dict[str, str]]:
    """Run the doubles, if they are wanted; yields what tells the other parts to trade there.

    A double that is started again stands at the same address, with an empty ledger. SinoPac's
    needs its SDK, for its orders and errors: where that is not installed it is not played.
    """
    if not is_wanted:
        yield {}
        return
    address = f"{LOOPBACK}:{free_port()}"
    told = {GATEIO_VARIABLE: f"http://{address}"}
    commands = [_command(GATEIO, told[GATEIO_VARIABLE], environment)]
    if find_spec("shioaji") is not None:
        address = f"{LOOPBACK}:{free_port()}"
        told |= {SHIOAJI_VARIABLE: STAND_IN, SHIOAJI_DOUBLE_VARIABLE: f"tcp://{address}"}
        commands.append(_command(SHIOAJI, told[SHIOAJI_DOUBLE_VARIABLE], environment))
    async with AsyncExitStack() as stack:
        for command in commands:
            await stack.enter_async_context(supervised(Supervisor(command, on_change=on_change)))
        yield told


def told_of(played: Mapping[str, str]) -> str:
    """Say which brokers are doubles, and with what an account is opened there."""
    gate, sino = played.get(GATEIO_VARIABLE), played.get(SHIOAJI_DOUBLE_VARIABLE)
    told = ""
    if gate is not None:
        told += f"Gate is played by a double at {gate}: api_key {KEY}, api_secret {SECRET}.\n"
    if sino is not None:
        told += f"SinoPac is played by a double at {sino}: api_key {KEY}, secret_key {SECRET}.\n"
    return told


def _command(name: str, address: str, environment: Mapping[str, str]) -> Command:
    module = f"infra.local.doubles.{name.removesuffix('-double')}"
    port = address.rpartition(":")[2]
    return Command(
        name=name,
        argv=(sys.executable, "-m", module, "--port", port),
        ready_line='"address"',
        address=address,
        environ=environment,
    )
