"""The workers' host and its control plane, started as their user starts them."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.processes import running
from handlers.launcher.settings import SOCKET_VARIABLE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from bench.processes import Running


@asynccontextmanager
async def running_workers(environment: Mapping[str, str]) -> AsyncGenerator[Running]:
    """Run both while the context is open; yields the host."""
    with tempfile.TemporaryDirectory(prefix="fourpass-bench-") as folder:
        told = {**environment, SOCKET_VARIABLE: str(Path(folder) / "launcher.sock")}
        cli = ("-m", "infra.local.cli")
        async with (
            running(*cli, "worker", environment=told) as host,
            running(*cli, "control-plane", environment=told),
        ):
            yield host
