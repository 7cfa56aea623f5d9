"""Metrics: instruments of the OpenTelemetry SDK, read by Prometheus, a collector, both or nobody.

A process that has metrics opens them once. Gauges are read when somebody asks; what is on a hot
path counts in plain integers and is read the same way.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, start_http_server

from telemetry.errors import TelemetrySettingsError
from telemetry.semantics import SCHEMA_URL, SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from opentelemetry.metrics import CallbackOptions, Counter, Histogram
    from opentelemetry.sdk.metrics.export import MetricReader

    from telemetry.export_settings import ExportSettings

    # Labels, and the value that goes with them.
    Reading = tuple[Mapping[str, str], int | float]

_EVERY_MS = 15_000
_WITHIN_S = 5.0
# Hops take from a tenth of a millisecond to a minute.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


class Meters:
    """The instruments of one process, all under one scope."""

    def __init__(self, provider: MeterProvider) -> None:
        self._meter = provider.get_meter(SCOPE, schema_url=SCHEMA_URL)

    def counter(self, name: str, description: str) -> Counter:
        """Make something that only grows."""
        return self._meter.create_counter(name, description=description)

    def seconds(self, name: str, description: str) -> Histogram:
        """Make a histogram of durations."""
        return self._meter.create_histogram(
            name, unit="s", description=description, explicit_bucket_boundaries_advisory=SECONDS
        )

    def gauge(
        self, name: str, description: str, read: Callable[[], Iterable[Reading]], *, unit: str = ""
    ) -> None:
        """Make something that is read whenever somebody asks; `read` must not wait."""
        self._meter.create_observable_gauge(
            name, [_observed(read)], unit=unit, description=description
        )

    def total(self, name: str, description: str, read: Callable[[], Iterable[Reading]]) -> None:
        """Make something that only grows and is read like a gauge."""
        self._meter.create_observable_counter(name, [_observed(read)], description=description)


def _observed(
    read: Callable[[], Iterable[Reading]],
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observe(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, dict(labels)) for labels, value in read()]

    return observe


@contextmanager
def open_meters(
    settings: ExportSettings, service: str, *, last_s: float = _WITHIN_S
) -> Generator[Meters]:
    """Open the metrics of this process; with nobody to read them they cost next to nothing.

    Args:
        settings: Who reads them.
        service: What the process is called.
        last_s: How long a collector may take over the last of them, when the process ends.

    Raises:
        TelemetrySettingsError: The port that Prometheus shall ask is not to be had.
    """
    registry = CollectorRegistry()
    provider = MeterProvider(
        metric_readers=_readers(settings, registry, last_s),
        resource=Resource({"service.name": service, "service.namespace": SCOPE}, SCHEMA_URL),
    )
    close = _serve(settings, registry)
    try:
        yield Meters(provider)
    finally:
        close()
        provider.shutdown(timeout_millis=last_s * 1000)


def _readers(
    settings: ExportSettings, registry: CollectorRegistry, last_s: float
) -> Sequence[MetricReader]:
    readers: list[MetricReader] = []
    if settings.metrics_address is not None:
        readers.append(PrometheusMetricReader(registry=registry, scope_info_enabled=False))
    if settings.otlp_endpoint is not None:
        exporter = OTLPMetricExporter(
            endpoint=f"{settings.otlp_endpoint}/v1/metrics", timeout=last_s
        )
        readers.append(
            PeriodicExportingMetricReader(
                exporter, export_interval_millis=_EVERY_MS, export_timeout_millis=last_s * 1000
            )
        )
    return readers


def _serve(settings: ExportSettings, registry: CollectorRegistry) -> Callable[[], None]:
    """Answer `GET /metrics` on the address, in a thread of the library's; returns how to end it."""
    if settings.metrics_address is None:
        return _nothing
    host, port = settings.metrics_address
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise TelemetrySettingsError(
            settings.metrics_variable, f"cannot be served: {error}"
        ) from error

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return close


def _nothing() -> None:
    """Close nothing."""
