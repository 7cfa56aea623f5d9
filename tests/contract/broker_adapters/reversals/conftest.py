"""The venues that the forms are tried at, and the table of where they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.broker_adapters.grounds.all import ALSO_REVERSED
from tests.contract.broker_adapters.grounds.all import GROUNDS as EVERYWHERE
from tests.contract.broker_adapters.reversals import table

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.broker_adapters.grounds.ground import Ground

GROUNDS = {**EVERYWHERE, **ALSO_REVERSED}


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
