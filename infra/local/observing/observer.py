"""The observer as one process: it reads the record and tells a collector, Prometheus, or both."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from broker_adapters.registry import BROKERS
from bus.errors import BusError
from bus.open import open_bus
from bus.settings import read_settings as read_bus_settings
from bus.values import SystemClock
from handlers.observing.gauges import Gauges
from handlers.observing.measures import Measures
from handlers.observing.observer import Observer, Traces
from handlers.store.open import StoreSettings, open_store
from infra.local.observing.canary import Canary
from infra.local.observing.canary_settings import read_canary_settings
from infra.local.observing.room import show_room
from infra.local.settings import DATA_DIR_VARIABLE
from telemetry.errors import TelemetryError
from telemetry.export_settings import ExportSettings, read_export_settings
from telemetry.logs import configure
from telemetry.meters import open_meters
from telemetry.otlp import SpanExport
from telemetry.settings import read_settings as read_telemetry_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bus.bundle import Bus
    from handlers.store.base import Store
    from telemetry.meters import Meters

READY = "observer_ready"

_log = logging.getLogger(__name__)


def main(environment: Mapping[str, str]) -> int:
    """Observe until SIGTERM; 78 where the settings are wrong."""
    try:
        configure(read_telemetry_settings("observer", environment))
        settings = read_export_settings(environment)
        canary = read_canary_settings(environment)
        store = StoreSettings.from_env(environment)
        bus = read_bus_settings(environment)
        with ExitStack() as stack:
            meters = stack.enter_context(open_meters(settings, "observer"))
            if folder := environment.get(DATA_DIR_VARIABLE):
                show_room(Path(folder), meters)
            export = None
            if settings.otlp_endpoint is not None:
                export = stack.enter_context(closing(SpanExport(settings.otlp_endpoint)))

            async def observe() -> None:
                clock = SystemClock()
                async with open_bus(bus) as opened, open_store(store, clock) as record:
                    observer = _observer(record, opened, settings, meters, export)
                    tried = Canary(canary, record.watch, clock, meters) if canary else None
                    await _until_told(observer, tried)

            anyio.run(observe)
    except (BusError, TelemetryError, ValueError) as error:
        sys.stderr.write(f"observer: {error}\n")
        return os.EX_CONFIG
    return os.EX_OK


def _observer(
    record: Store, bus: Bus, settings: ExportSettings, meters: Meters, export: SpanExport | None
) -> Observer:
    gauges = Gauges(record.watch, bus.pool, bus.depths)
    gauges.show(meters)
    if export is not None:
        meters.gauge("fourpass.spans.sent", "Spans a collector took", lambda: [({}, export.sent)])
        meters.gauge("fourpass.spans.dropped", "Spans it did not", lambda: [({}, export.dropped)])
    return Observer(
        record.watch,
        SystemClock(),
        measures=Measures(meters, brokers=BROKERS),
        gauges=gauges,
        traces=None if export is None else Traces(export, ratio=settings.trace_ratio),
    )


async def _until_told(observer: Observer, canary: Canary | None) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(observer.run)
            if canary is not None:
                tasks.start_soon(canary.run)
            _log.info(READY)
            await anext(aiter(signals))
            tasks.cancel_scope.cancel()
