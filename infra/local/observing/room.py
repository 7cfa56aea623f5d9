"""How much room this machine has left, shown where the observer runs beside the data."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemetry.meters import Meters, Reading

_MEMORY = Path("/proc/meminfo")
_AVAILABLE = "MemAvailable:"


def show_room(folder: Path, meters: Meters) -> None:
    """Make the gauge of what is free: where the data lies, and of the memory."""

    def read() -> Iterable[Reading]:
        return [({"of": name}, free) for name, free in free_bytes(folder).items()]

    meters.gauge("fourpass.room.free", "What is left of this machine's room", read, unit="By")


def free_bytes(folder: Path) -> dict[str, int]:
    """Return what is free, in bytes; what cannot be known is left out."""
    found: dict[str, int] = {}
    if folder.exists():
        found["disk"] = shutil.disk_usage(folder).free
    if _MEMORY.exists():
        for line in _MEMORY.read_text().splitlines():
            if line.startswith(_AVAILABLE):
                found["memory"] = int(line.split()[1]) * 1024
    return found
