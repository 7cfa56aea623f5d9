"""How alerts were answered: counted in plain integers, which are read when somebody asks.

The record cannot tell of these: an alert that it did not take left nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemetry.meters import Meters

# TradingView gives up after 3 s; who takes as long as this has no room left.
LATE_S = 0.5
# What is watched for growth begins at 0.
_EXPECTED = (202, 503)


class Answers:
    """The alerts that this process answered."""

    def __init__(self) -> None:
        self._by_status: dict[int, int] = dict.fromkeys(_EXPECTED, 0)
        self._late = 0

    def count(self, status: int, took_s: float) -> None:
        """Count one alert.

        Args:
            status: What it was answered with.
            took_s: From its request to its answer, in seconds.
        """
        self._by_status[status] = self._by_status.get(status, 0) + 1
        self._late += took_s > LATE_S

    def show(self, meters: Meters) -> None:
        """Make what Prometheus reads of it."""
        meters.total(
            "fourpass.alerts.answered",
            "Alerts that this edge answered, by status",
            lambda: [({"status": str(at)}, count) for at, count in [*self._by_status.items()]],
        )
        meters.total(
            "fourpass.alerts.answered.late",
            f"Those that took more than {LATE_S} s",
            lambda: [({}, self._late)],
        )
