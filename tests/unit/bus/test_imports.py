"""Importing the bus loads no driver and opens nothing."""

from __future__ import annotations

import subprocess
import sys

import bus


def test_importing_the_bus_loads_no_driver() -> None:
    code = "import sys, bus, bus.open; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert not {"hiredis", "asyncio", "anyio", "ssl", "socket"} & set(found.stdout.split())


def test_public_names_are_sorted_and_there() -> None:
    capitals = [name for name in bus.__all__ if name.isupper()]
    classes = [name for name in bus.__all__ if name[0].isupper() and not name.isupper()]
    functions = [name for name in bus.__all__ if name[0].islower()]

    assert list(bus.__all__) == sorted(capitals) + sorted(classes) + sorted(functions)
    assert all(hasattr(bus, name) for name in bus.__all__)
