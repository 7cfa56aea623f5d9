"""The control plane as one process: it runs the five handlers that are Lambda functions on AWS.

It serves the control queues, and takes the turns of maintenance and of the pool.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import msgspec

from bus.base import Destination
from bus.envelope import seal
from bus.errors import BusError, TransportUnavailableError
from bus.ids import uuid7
from bus.open import open_bus
from bus.settings import BusSettings
from bus.settings import read_settings as read_bus_settings
from bus.values import SystemClock
from handlers.launcher.remote import RemoteLauncher
from handlers.launcher.settings import LauncherSettings, LauncherSettingsError
from handlers.launcher.settings import read_settings as read_launcher_settings
from handlers.services import Services
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.lanes import LIMITS, Lane
from infra.local.schedule import TURNS, repeat
from telemetry.errors import TelemetryError
from telemetry.logs import configure
from telemetry.settings import read_settings as read_telemetry_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from bus.bundle import Bus
    from bus.messages import Message

READY = "control_plane_ready"
_READY_PATIENCE = 5.0
_READY_LOOK = 0.05
_FINISH_WITHIN = 1.0

_log = logging.getLogger(__name__)


class ControlPlaneSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that opening a control plane needs."""

    store: StoreSettings
    bus: BusSettings
    launcher: LauncherSettings


def main(environment: Mapping[str, str]) -> int:
    """Run a control plane until SIGTERM; 78 where the settings are wrong."""
    try:
        configure(read_telemetry_settings("control-plane", environment))
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
    )


async def serve_until_told(settings: ControlPlaneSettings) -> None:
    """Open everything and serve until SIGTERM or SIGINT."""
    stopping = anyio.Event()
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with open_services(settings) as (bus, services), anyio.create_task_group() as tasks:
            tasks.start_soon(_say_ready, bus, services.pool_size)
            tasks.start_soon(serve, bus, services, stopping)
            await anext(aiter(signals))
            stopping.set()
            tasks.cancel_scope.deadline = anyio.current_time() + _FINISH_WITHIN


@asynccontextmanager
async def open_services(
    settings: ControlPlaneSettings,
) -> AsyncGenerator[tuple[Bus, Services]]:
    """Open what handlers are given; servers that are away do not stop it."""
    clock = SystemClock()
    async with open_store(settings.store, clock) as store, open_bus(settings.bus) as bus:
        yield (
            bus,
            Services(
                store=store,
                pool=bus.pool,
                hints=bus.hints,
                launcher=RemoteLauncher(settings.launcher.socket_path),
                clock=clock,
                pool_size=settings.launcher.pool_size,
            ),
        )


async def serve(bus: Bus, services: Services, stopping: anyio.Event) -> None:
    """Serve all queues and take all turns until it is time to stop, and all is finished."""
    lanes = {destination: Lane(destination, bus, services) for destination in LIMITS}

    async def carry_out(message: Message) -> None:
        sealed = seal(message, clock=services.clock, dedup_id=f"turn:{uuid7()}")
        await lanes[Destination.MAINTENANCE].carry_out(sealed)

    async with anyio.create_task_group() as turns:
        for turn in TURNS:
            turns.start_soon(repeat, turn, carry_out)
        async with anyio.create_task_group() as serving:
            for lane in lanes.values():
                serving.start_soon(lane.run, stopping)
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
