"""The worker host: one warm process that forks, and one that speaks for it; the root of both.

The other starts whom the control plane asks for and cleans up after the dead. Who should have a
worker the control plane decides: where a worker died over its work, it is asked for another.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from functools import partial
from typing import TYPE_CHECKING

import anyio

from bus.ids import uuid7
from bus.values import SystemClock, WorkerId
from handlers.launcher.local import LocalLauncher
from handlers.services import Services
from telemetry.vitals import vitals_shown
from worker_runtime import app, task
from worker_runtime.hosting.launch_desk import LaunchDesk
from worker_runtime.hosting.reaper import Reaper
from worker_runtime.hosting.refill import Refill
from worker_runtime.hosting.zygote import Zygote
from worker_runtime.pace import Pace
from worker_runtime.supervise import supervised
from worker_runtime.warming.rehearsal import rehearse
from worker_runtime.warming.warm import freeze, import_all

if TYPE_CHECKING:
    from telemetry.meters import Meters
    from worker_runtime.settings import WorkerSettings

READY = "worker_host_ready"

_log = logging.getLogger(__name__)


def main() -> int:
    """Run a worker host, or the one worker that this process is told to be, until SIGTERM.

    Returns the exit code: 78 where the settings are wrong.
    """
    settings = app.configure("worker")
    if settings is None:
        return os.EX_CONFIG
    if settings.task is not None:
        return task.main(settings, settings.task)
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
    """Launch, reap and forget, until the zygote closes."""
    launcher, pace = LocalLauncher(zygote), Pace()
    async with app.open_record_and_post(settings.host_store, settings) as (store, bus):
        services = Services(
            store=store, pool=bus.pool, hints=bus.hints, launcher=launcher, clock=SystemClock()
        )
        refill = Refill(bus.publisher, services.clock, pace)
        reaper = Reaper(launcher, services, bus.publisher, refill=refill, pace=pace)
        shown = vitals_shown(
            settings.export,
            "worker-host",
            app.held_by(store, bus),
            more=partial(show_workers, launcher),
        )
        async with shown, anyio.create_task_group() as tasks:
            tasks.start_soon(launcher.run)
            async with anyio.create_task_group() as standing:
                tasks.start_soon(reaper.run)
                forget = partial(forget_lost, launcher, services)
                standing.start_soon(supervised, forget, "forget_lost", pace)
                if settings.launcher_socket is not None:
                    desk = LaunchDesk(launcher, settings.launcher_socket)
                    standing.start_soon(supervised, desk.run, "launch_desk", pace)
                await launcher.told()
                _log.info(READY)
                ask = partial(refill.ask_after_claims, launcher)
                standing.start_soon(supervised, ask, "pool", pace)
                await launcher.closing()
                standing.cancel_scope.cancel()


def show_workers(launcher: LocalLauncher, meters: Meters) -> None:
    """Make the gauge of how many workers of this machine live."""
    meters.gauge(
        "fourpass.host.workers",
        "Worker processes of this machine",
        lambda: [({}, len(launcher.children))],
    )


async def forget_lost(launcher: LocalLauncher, services: Services) -> None:
    """Drop the rows of workers that ended with a host before this one: nobody else does."""
    now = services.clock.now()
    await launcher.told()
    alive = [child.worker_id for child in launcher.children]
    await services.store.workers.drop_others(socket.gethostname(), alive=alive, started_before=now)
