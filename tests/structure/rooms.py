"""Reads a set of import contracts and tells which of the rooms they name stand."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = Path(__file__).with_name("house.ini")
CONTRACTS = ROOT / ".importlinter"

FOLDERS = (
    "telemetry", "bus", "broker_adapters", "handlers", "edge", "worker_runtime", "lambda_entry",
    "infra", "bench",
)  # fmt: skip
_LISTS = (
    "root_packages", "layers", "modules", "containers", "source_modules", "protected_modules",
    "allowed_importers", "forbidden_modules", "ancestors",
)  # fmt: skip

Rooms = dict[tuple[str, str], list[str]]


def read_contracts(path: Path) -> Rooms:
    """Return the names in each list of each contract, by (section, key)."""
    parsed = ConfigParser()
    parsed.read_string(path.read_text())
    rooms: Rooms = {}
    for section in parsed.sections():
        containers = parsed.get(section, "containers", fallback="").split()
        prefix = f"{containers[0]}." if containers else ""
        for key in _LISTS:
            if parsed.has_option(section, key):
                names = parsed.get(section, key).replace("|", " ").split()
                inside = prefix if key == "layers" else ""
                rooms[section, key] = [inside + name for name in names]
    return rooms


def is_ours(name: str) -> bool:
    """Tell whether a name is a room of the house; the others are packages from outside."""
    return name.partition(".")[0] in FOLDERS


def stands(name: str) -> bool:
    """Tell whether a room is there."""
    path = ROOT.joinpath(*name.split("."))
    return (path / "__init__.py").is_file() or path.with_suffix(".py").is_file()
