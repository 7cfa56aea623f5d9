"""The worker host: one warm process that forks, and one that decides; the root of both.

The deciding one keeps the pool full, cleans up after the dead, and serves the queues that say who
should have a worker.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from functools import partial
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.values import SystemClock, WorkerId
from handlers.launcher.local import LocalLauncher
from handlers.services import Services
from worker_runtime import app
from worker_runtime.control import Control
from worker_runtime.keeper import PoolKeeper
from worker_runtime.pace import Pace
from worker_runtime.reaper import Reaper
from worker_runtime.rehearsal import rehearse
from worker_runtime.supervise import supervised
from worker_runtime.warm import freeze, import_all
from worker_runtime.zygote import Zygote

if TYPE_CHECKING:
    from bus.bundle import Bus
    from worker_runtime.settings import WorkerSettings

READY = "worker_host_ready"
_READY_PATIENCE = 5.0
_READY_LOOK = 0.05

_log = logging.getLogger(__name__)


def main() -> int:
    """Run a worker host until SIGTERM; returns the exit code, 78 where the settings are wrong."""
    settings = app.configure("worker")
    if settings is None:
        return os.EX_CONFIG
    import_all()
    rehearse(partial(app.open_ports, settings, WorkerId(uuid7())))
    freeze()
    zygote = Zygote(partial(run_host, settings), partial(app.run_worker, settings))
    return zygote.run()


def run_host(settings: WorkerSettings, zygote: socket.socket) -> None:
    """Live the deciding process's life."""
    # It leaves when the last worker is gone, and not before: somebody must clean up after them.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    anyio.run(serve_host, settings, zygote, **app.EVENT_LOOP)


async def serve_host(settings: WorkerSettings, zygote: socket.socket) -> None:
    """Keep the pool, reap, and serve the control queues, until the zygote closes."""
    launcher, pace = LocalLauncher(zygote), Pace()
    keeper = PoolKeeper(launcher, size=settings.pool_size, pace=pace)
    async with app.open_record_and_post(settings) as (store, bus):
        services = Services(store=store, pool=bus.pool, launcher=launcher, clock=SystemClock())
        reaper = Reaper(launcher, services, bus.hints, on_ended=keeper.note, pace=pace)
        control = Control(bus, services, pace=pace)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(launcher.run)
            async with anyio.create_task_group() as standing:
                standing.start_soon(supervised, keeper.run, "pool", pace)
                standing.start_soon(supervised, control.run, "control", pace)
                tasks.start_soon(reaper.run)
                forget = partial(forget_lost, launcher, services)
                standing.start_soon(supervised, forget, "forget_lost", pace)
                standing.start_soon(_say_ready, bus, settings)
                await launcher.closing()
                standing.cancel_scope.cancel()


async def forget_lost(launcher: LocalLauncher, services: Services) -> None:
    """Drop the rows of workers that ended with a host before this one: nobody else does."""
    now = services.clock.now()
    await launcher.told()
    alive = [child.worker_id for child in launcher.children]
    await services.store.workers.drop_others(socket.gethostname(), alive=alive, started_before=now)


async def _say_ready(bus: Bus, settings: WorkerSettings) -> None:
    """Say so when the pool is warm, or after a while without: workers are started anyway."""
    with anyio.move_on_after(_READY_PATIENCE):
        while not await _is_warm(bus, settings.pool_size):  # noqa: ASYNC110 - nobody tells it
            await anyio.sleep(_READY_LOOK)
    _log.info(READY)


async def _is_warm(bus: Bus, pool_size: int) -> bool:
    try:
        return await bus.pool.ready() >= pool_size
    except TransportUnavailableError:
        return False
