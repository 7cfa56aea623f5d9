"""How to log; read from the environment once, by a root."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from telemetry.errors import TelemetrySettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT_VARIABLE = "FOURPASS_LOG_FORMAT"
LEVEL_VARIABLE = "FOURPASS_LOG_LEVEL"
_LEVELS = ("debug", "info", "warning", "error")


class LogFormat(StrEnum):
    """How a log line looks; `auto` is readable on a terminal and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class TelemetrySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that setting up telemetry needs.

    Attributes:
        service: The process's role in log lines: edge, worker, control-plane, up.
        level: The least important level that is shown, as `logging` counts.
    """

    service: str
    log_format: LogFormat = LogFormat.AUTO
    level: int = logging.INFO


def read_settings(service: str, environment: Mapping[str, str]) -> TelemetrySettings:
    """Read the settings from environment variables.

    Raises:
        TelemetrySettingsError: A variable cannot be understood; it is named.
    """
    log_format = environment.get(FORMAT_VARIABLE, "") or LogFormat.AUTO
    if log_format not in frozenset(LogFormat):
        raise TelemetrySettingsError(FORMAT_VARIABLE, f"is none of: {', '.join(LogFormat)}")
    level = (environment.get(LEVEL_VARIABLE, "") or "info").lower()
    if level not in _LEVELS:
        raise TelemetrySettingsError(LEVEL_VARIABLE, f"is none of: {', '.join(_LEVELS)}")
    return TelemetrySettings(
        service=service,
        log_format=LogFormat(log_format),
        level=logging.getLevelNamesMapping()[level.upper()],
    )
