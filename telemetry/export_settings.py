"""Where spans and metrics go; read from the environment once, by a root. Nowhere by default."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from telemetry.errors import TelemetrySettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

OTLP_VARIABLE = "FOURPASS_OTLP_ENDPOINT"
RATIO_VARIABLE = "FOURPASS_TRACE_RATIO"
METRICS_VARIABLE = "FOURPASS_METRICS_ADDRESS"
# Of the processes that are no observer.
EDGE_VARIABLE = "FOURPASS_EDGE_METRICS_ADDRESS"
CONTROL_VARIABLE = "FOURPASS_CONTROL_METRICS_ADDRESS"
HOST_VARIABLE = "FOURPASS_HOST_METRICS_ADDRESS"
_DEFAULT_RATIO = 0.01
_PORTS = range(1, 65_536)


class ExportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told.

    Attributes:
        otlp_endpoint: A collector's base URL, http or https, without a slash at its end.
        trace_ratio: Which part of unremarkable orders is traced, 0 to 1; remarkable ones all are.
        metrics_address: Host and port where Prometheus may ask.
        metrics_variable: What says so.
    """

    otlp_endpoint: str | None = None
    trace_ratio: float = _DEFAULT_RATIO
    metrics_address: tuple[str, int] | None = None
    metrics_variable: str = METRICS_VARIABLE

    @property
    def is_anywhere(self) -> bool:
        """Whether anybody is told anything."""
        return self.otlp_endpoint is not None or self.metrics_address is not None


def read_export_settings(
    environment: Mapping[str, str], *, metrics_variable: str = METRICS_VARIABLE
) -> ExportSettings:
    """Read the settings from environment variables.

    Args:
        environment: The variables.
        metrics_variable: Which of them has the port of this process: each needs one of its own.

    Raises:
        TelemetrySettingsError: A variable cannot be understood; it is named.
    """
    return ExportSettings(
        otlp_endpoint=_endpoint(environment.get(OTLP_VARIABLE, "").strip()),
        trace_ratio=_ratio(environment.get(RATIO_VARIABLE, "").strip()),
        metrics_address=_address(environment, metrics_variable),
        metrics_variable=metrics_variable,
    )


def _endpoint(text: str) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise TelemetrySettingsError(OTLP_VARIABLE, "is not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TelemetrySettingsError(OTLP_VARIABLE, "must be an http or https URL")
    return text.rstrip("/")


def _ratio(text: str) -> float:
    if not text:
        return _DEFAULT_RATIO
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1.0
    if not 0.0 <= ratio <= 1.0:
        raise TelemetrySettingsError(RATIO_VARIABLE, "must be a number from 0 to 1")
    return ratio


def _address(environment: Mapping[str, str], variable: str) -> tuple[str, int] | None:
    text = environment.get(variable, "").strip()
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) not in _PORTS:
        raise TelemetrySettingsError(variable, "must be host:port")
    return host.strip("[]"), int(port)
