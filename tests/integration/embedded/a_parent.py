"""A process that runs both parts until it is killed; prints their process ids."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio

from infra.local.embedded import PostgresSettings, ValkeySettings, open_postgres, open_valkey
from telemetry.logs import configure
from telemetry.settings import TelemetrySettings


async def main() -> None:
    """Open both, say so, wait."""
    folder = Path(sys.argv[1])
    async with (
        open_postgres(folder, PostgresSettings()) as postgres,
        open_valkey(folder, ValkeySettings()) as valkey,
    ):
        sys.stdout.write(f"{postgres.part.pid} {valkey.part.pid}\n")
        sys.stdout.flush()
        await anyio.sleep_forever()


if __name__ == "__main__":
    configure(TelemetrySettings(service="parent"))
    anyio.run(main)
