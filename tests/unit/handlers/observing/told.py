"""Instruments and a collector that remember what they were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from telemetry.spans import SpanRecord

Labels = tuple[tuple[str, str], ...]


class Counted:
    """An instrument: everything it was told, by labels, and what it began with at nothing."""

    def __init__(self) -> None:
        self.told: list[tuple[float, dict[str, str]]] = []
        self.begun: list[dict[str, str]] = []

    def add(self, value: float, labels: Mapping[str, str]) -> None:
        if value:
            self.record(value, labels)
        else:
            self.begun.append(dict(labels))

    def record(self, value: float, labels: Mapping[str, str]) -> None:
        self.told.append((value, dict(labels)))


class Meters:
    """Instruments that remember."""

    def __init__(self) -> None:
        self.counted: dict[str, Counted] = {}
        self.gauges: dict[str, Callable[[], Iterable[tuple[Mapping[str, str], float]]]] = {}

    def counter(self, name: str, description: str) -> Counted:
        del description
        return self.counted.setdefault(name, Counted())

    seconds = counter

    def gauge(
        self,
        name: str,
        description: str,
        read: Callable[[], Iterable[tuple[Mapping[str, str], float]]],
        *,
        unit: str = "",
    ) -> None:
        del description, unit
        self.gauges[name] = read

    def total(
        self,
        name: str,
        description: str,
        read: Callable[[], Iterable[tuple[Mapping[str, str], float]]],
    ) -> None:
        self.gauge(name, description, read)

    def read(self, name: str) -> dict[Labels, float]:
        return {tuple(sorted(labels.items())): value for labels, value in self.gauges[name]()}


class Export:
    """A collector that takes everything."""

    def __init__(self) -> None:
        self.spans: list[SpanRecord] = []

    async def send(self, spans: Sequence[SpanRecord]) -> None:
        self.spans += spans
