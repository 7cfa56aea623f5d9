"""The venues that the forms are tried at, and the table of where they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.broker_adapters.grounds.gateio import gate_perpetual, gate_spot
from tests.contract.broker_adapters.grounds.gateio_dual import gate_dual
from tests.contract.broker_adapters.grounds.paper import paper_ground
from tests.contract.broker_adapters.grounds.shioaji import sino_futures, sino_stock
from tests.contract.broker_adapters.reversals import table

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.broker_adapters.grounds.ground import Ground

GROUNDS = {
    "paper": paper_ground,
    "gateio-perpetual": gate_perpetual,
    "gateio-dual": gate_dual,
    "gateio-spot": gate_spot,
    "shioaji-stock": sino_stock,
    "shioaji-futures": sino_futures,
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=GROUNDS)
async def ground(request: pytest.FixtureRequest) -> AsyncGenerator[Ground]:
    """An account at a venue, connected."""
    async with GROUNDS[request.param]() as opened:
        yield opened


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the table to a file of this checkout's own cache."""
    text = table.text(tuple(GROUNDS))
    if text:
        place = terminalreporter.config.rootpath / "build" / "reversals.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
