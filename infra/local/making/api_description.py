"""Writes the description of the API where the dashboard's types are made from it.

`--check` writes nothing: it fails where the file is not what the edge would say now.
"""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from edge.application import app_over
from edge.schema import complete

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from edge.ports import Ports

FILE = Path(__file__).resolve().parents[3] / "spa" / "src" / "client" / "openapi.json"


def describe() -> bytes:
    """Return the description as `/schema/openapi.json` has it, indented and in a fixed order."""
    described = app_over(_no_ports).openapi_schema.to_schema()
    encoded = msgspec.json.encode(complete(described), order="sorted")
    return msgspec.json.format(encoded, indent=1) + b"\n"


@asynccontextmanager
async def _no_ports() -> AsyncGenerator[Ports]:
    raise NotImplementedError("nothing is served, only described")
    yield


def main(line: list[str]) -> int:
    """Write the file, or with `--check` compare it; 1 where it drifted."""
    wanted = describe()
    if "--check" not in line:
        FILE.write_bytes(wanted)
        return 0
    if FILE.is_file() and FILE.read_bytes() == wanted:
        return 0
    sys.stderr.write("The API changed and the dashboard's client did not: run `make client`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
