"""A worker that is a task of its own, as ECS starts it: one process, without zygote and host."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from worker_runtime import app
from worker_runtime.process import forbid_core_dumps
from worker_runtime.refill import Refill

if TYPE_CHECKING:
    from handlers.launcher.wire import Launch
    from worker_runtime.ports import Ports
    from worker_runtime.settings import WorkerSettings

_ASKING = 5.0


def main(settings: WorkerSettings, launch: Launch) -> int:
    """Be this one worker until SIGTERM; returns the exit code."""
    forbid_core_dumps()
    app.run_worker(settings, launch, lambda _: None, on_claim=ask_for_successor)
    return os.EX_OK


async def ask_for_successor(ports: Ports) -> None:
    """Have the pool filled up again: no host of this worker's looks after that.

    One that is sent away at once asks all the same: nobody else knows that it is missing.
    """
    refill = Refill(ports.bus.publisher, ports.clock, ports.pace)
    with anyio.move_on_after(_ASKING, shield=True), suppress(TransportUnavailableError):
        await refill.ask_later()
