"""What can go wrong in telemetry."""

from __future__ import annotations


class TelemetryError(Exception):
    """The base of this folder's errors."""


class TelemetrySettingsError(TelemetryError):
    """A variable cannot be understood; starting again does not help before it is changed."""

    def __init__(self, variable: str, why: str) -> None:
        super().__init__(f"{variable} {why}")
        self.variable = variable
