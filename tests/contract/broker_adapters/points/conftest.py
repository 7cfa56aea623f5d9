"""The venues that the points are asked of, and the table of what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.contract.broker_adapters.grounds.all import GROUNDS
from tests.contract.broker_adapters.points import table
from tests.contract.broker_adapters.points.asking import Asking

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from tests.contract.broker_adapters.grounds.ground import Ground


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=GROUNDS)
async def ground(request: pytest.FixtureRequest) -> AsyncGenerator[Ground]:
    """An account at a venue, connected."""
    async with GROUNDS[request.param]() as opened:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    marker = item.get_closest_marker("point")
    if marker is not None and (report.when == "call" or report.failed):
        callspec = cast("pytest.Function", item).callspec
        declared = [str(why) for name, why in item.user_properties if name == "declared"]
        table.note(
            int(marker.args[0]),
            str(callspec.params["ground"]),
            "declared" if declared and report.passed else report.outcome,
            declared,
        )
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, and write it to a file of this checkout's own cache."""
    text = table.text(tuple(GROUNDS))
    if text:
        place = terminalreporter.config.rootpath / "build" / "broker_points.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
        terminalreporter.section("brokers: 24 points")
        terminalreporter.write(text)


@pytest.fixture
def asking(request: pytest.FixtureRequest) -> Asking:
    """How a test says that a venue lacks what it asks for."""
    return Asking(request)
