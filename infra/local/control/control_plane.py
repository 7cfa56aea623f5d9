"""The control plane as one process: it runs the five handlers that are Lambda functions on AWS.

It serves the control queues, and takes the turns of maintenance and of the pool. Where the queues
are on SQS it drives the functions themselves, with the events that AWS would give them.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import msgspec

from bus.envelope import seal
from bus.errors import BusError, TransportUnavailableError
from bus.ids import uuid7
from bus.open import open_bus, open_raw_queues
from bus.routing import Carrier
from bus.settings import BusSettings
from bus.settings import read_settings as read_bus_settings
from bus.values import SystemClock
from handlers.launcher.open import open_launcher
from handlers.launcher.settings import LauncherSettings, LauncherSettingsError
from handlers.launcher.settings import read_settings as read_launcher_settings
from handlers.services import Services
from handlers.store.open import open_store, usage_of
from handlers.store.settings import StoreSettings
from handlers.wiring import LIMITS, turn_dispatcher
from infra.local.control.functions import EventSource, function, invoke, schedule_event
from infra.local.control.schedule import TURNS, repeat
from infra.local.control.serving import ServedQueue
from lambda_entry.functions import SCHEDULES, TRIGGERS
from telemetry.errors import TelemetryError
from telemetry.export_settings import CONTROL_VARIABLE, ExportSettings, read_export_settings
from telemetry.logs import configure
from telemetry.settings import read_settings as read_telemetry_settings
from telemetry.vitals import vitals_shown

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        Awaitable,
        Callable,
        Coroutine,
        Mapping,
        Sequence,
    )

    from bus.bundle import Bus
    from bus.messages import Message
    from bus.raw import RawQueues

READY = "control_plane_ready"
SERVICE = "control-plane"
_READY_PATIENCE = 5.0
_READY_LOOK = 0.05
_FINISH_WITHIN = 1.0

_log = logging.getLogger(__name__)


class ControlPlaneSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that opening a control plane needs."""

    store: StoreSettings
    bus: BusSettings
    launcher: LauncherSettings
    export: ExportSettings = ExportSettings()


def main(environment: Mapping[str, str]) -> int:
    """Run a control plane until SIGTERM; 78 where the settings are wrong."""
    try:
        configure(read_telemetry_settings(SERVICE, environment))
        settings = read_settings(environment)
    except (BusError, TelemetryError, LauncherSettingsError, ValueError) as error:
        sys.stderr.write(f"control-plane: {error}\n")
        return os.EX_CONFIG
    anyio.run(serve_until_told, settings, backend_options={"use_uvloop": True})
    return os.EX_OK


def read_settings(environment: Mapping[str, str]) -> ControlPlaneSettings:
    """Read the settings of all that it works with; each error names its variable."""
    return ControlPlaneSettings(
        store=StoreSettings.from_env(environment),
        bus=read_bus_settings(environment),
        launcher=read_launcher_settings(environment),
        export=read_export_settings(environment, metrics_variable=CONTROL_VARIABLE),
    )


async def serve_until_told(settings: ControlPlaneSettings) -> None:
    """Open everything and serve until SIGTERM or SIGINT."""
    stopping = anyio.Event()
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with open_bus(settings.bus) as bus, anyio.create_task_group() as tasks:
            tasks.start_soon(_say_ready, bus, settings.launcher.pool_size)
            tasks.start_soon(_serve_as_told, settings, bus, stopping)
            await anext(aiter(signals))
            stopping.set()
            tasks.cancel_scope.deadline = anyio.current_time() + _FINISH_WITHIN


async def _serve_as_told(settings: ControlPlaneSettings, bus: Bus, stopping: anyio.Event) -> None:
    """Run the handlers here; where the queues are on SQS, as the Lambda functions that they are."""
    if settings.bus.queues is Carrier.SQS:
        async with (
            open_raw_queues(settings.bus) as queues,
            vitals_shown(settings.export, SERVICE, {"valkey": bus.usage}),
        ):
            await serve_functions(queues, stopping)
        return
    async with open_services(settings, bus) as services:
        held = {"postgres": partial(usage_of, services.store), "valkey": bus.usage}
        async with vitals_shown(settings.export, SERVICE, held):
            await serve(bus, services, stopping)


@asynccontextmanager
async def open_services(settings: ControlPlaneSettings, bus: Bus) -> AsyncGenerator[Services]:
    """Open what handlers are given; servers that are away do not stop it."""
    clock = SystemClock()
    async with (
        open_store(settings.store, clock) as store,
        open_launcher(settings.launcher) as launcher,
    ):
        yield Services(
            store=store,
            pool=bus.pool,
            hints=bus.hints,
            launcher=launcher,
            clock=clock,
            pool_size=settings.launcher.pool_size,
        )


async def serve(bus: Bus, services: Services, stopping: anyio.Event) -> None:
    """Serve all queues and take all turns until it is time to stop, and all is finished."""
    queues = [ServedQueue(destination, bus, services) for destination in LIMITS]
    turns = turn_dispatcher(services, bus.publisher)

    async def carry_out(message: Message) -> None:
        await turns.carry_out(seal(message, clock=services.clock, dedup_id=f"turn:{uuid7()}"))

    await _serve_all([queue.run for queue in queues], carry_out, stopping)


async def serve_functions(queues: RawQueues, stopping: anyio.Event) -> None:
    """Hand all messages and turns to the Lambda entrypoints until it is time to stop."""
    sources = [EventSource(destination, queues) for destination in TRIGGERS]
    clock = SystemClock()

    async def carry_out(message: Message) -> None:
        name = SCHEDULES[type(message)].function.name
        await invoke(function(name), schedule_event(name, clock))

    await _serve_all([source.run for source in sources], carry_out, stopping)


async def _serve_all(
    serving: Sequence[Callable[[anyio.Event], Coroutine[Any, Any, None]]],
    carry_out: Callable[[Message], Awaitable[None]],
    stopping: anyio.Event,
) -> None:
    async with anyio.create_task_group() as turns:
        for turn in TURNS:
            turns.start_soon(repeat, turn, carry_out)
        async with anyio.create_task_group() as queues:
            for run in serving:
                queues.start_soon(run, stopping)
        turns.cancel_scope.cancel()


async def _say_ready(bus: Bus, pool_size: int) -> None:
    """Say so when the pool is warm, or after a while without: workers are started anyway."""
    with anyio.move_on_after(_READY_PATIENCE):
        while not await _is_warm(bus, pool_size):  # noqa: ASYNC110 - nobody tells it
            await anyio.sleep(_READY_LOOK)
    _log.info(READY)


async def _is_warm(bus: Bus, pool_size: int) -> bool:
    try:
        return await bus.pool.ready() >= pool_size
    except TransportUnavailableError:
        return False
