"""Keeps a background task running: a fault of ours must not silence it for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_AGAIN_AFTER = 1.0

_log = structlog.get_logger("edge.supervisor")


async def keep_running(name: str, task: Callable[[], Awaitable[None]]) -> None:
    """Run a task that should never end, again and again until cancelled."""
    while True:
        try:
            await task()
        except Exception as error:  # noqa: BLE001 - whatever it was, the next round may do better
            _log.error("task_failed", task=name, exc_info=error)
        await anyio.sleep(_AGAIN_AFTER)
