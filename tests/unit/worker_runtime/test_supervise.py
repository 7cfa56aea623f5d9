"""What becomes of a fault in a standing task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.errors import TransportUnavailableError
from handlers.errors import StoreUnavailableError
from tests.unit.worker_runtime.world import FAST
from worker_runtime.supervise import supervised

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio


def failing_once(error: Exception) -> Callable[[], Awaitable[None]]:
    errors = [error]

    async def task() -> None:
        if errors:
            raise errors.pop()

    return task


@pytest.mark.parametrize("error", [StoreUnavailableError(), TransportUnavailableError()])
async def test_a_server_that_is_away_is_one_line_without_a_traceback(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    await supervised(failing_once(error), "desks", FAST)

    [record] = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)


async def test_any_other_fault_is_told_with_its_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await supervised(failing_once(ValueError()), "desks", FAST)

    [record] = caplog.records
    assert record.exc_info is not None
