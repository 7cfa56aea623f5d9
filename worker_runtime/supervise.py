"""Keeps a worker's standing tasks alive: a fault in one of them ends neither it nor the others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from handlers.errors import LeaseLostError, StoreUnavailableError
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from worker_runtime.pace import Pace

_log = logging.getLogger(__name__)


async def supervised(task: Callable[[], Awaitable[None]], name: str, pace: Pace) -> None:
    """Run a task until it returns; after a fault wait and run it again.

    Raises:
        LeaseLostError: The one thing that must end everything.
    """
    pauses = Pauses(pace)
    while True:
        try:
            await task()
        except* LeaseLostError:
            raise
        except* (StoreUnavailableError, TransportUnavailableError):
            _log.warning("task_waits_for_server", extra={"task": name})
        except* Exception:  # noqa: BLE001 - this is the supervisor
            _log.exception("task_failed", extra={"task": name})
        else:
            return
        await anyio.sleep(pauses.take())
