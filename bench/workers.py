"""The workers' host and its control plane, started as their user starts them.

Or with a broker that answers at once, where what is compared ends at the broker's door.
"""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.handicap import house
from bench.processes import running
from handlers.launcher.settings import SOCKET_VARIABLE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from bench.processes import Running


@asynccontextmanager
async def running_workers(environment: Mapping[str, str]) -> AsyncGenerator[Running]:
    """Run both while the context is open; yields the host."""
    async with _told(environment) as told, _host(told) as host, _control_plane(told):
        yield host


@asynccontextmanager
async def running_instant_workers(
    environment: Mapping[str, str], are_there: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[Running]:
    """Run workers whose broker answers at once; the control plane goes when they are there."""
    async with _told(environment) as told, running("-m", "bench.instant", "worker",
                                                   environment=told) as host:  # fmt: skip
        async with _control_plane(told):
            await host.until(are_there)
        yield host


@asynccontextmanager
async def _told(environment: Mapping[str, str]) -> AsyncGenerator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory(prefix="fourpass-bench-") as folder:
        yield {**environment, SOCKET_VARIABLE: str(Path(folder) / "launcher.sock")}


def _host(told: Mapping[str, str]) -> AbstractAsyncContextManager[Running]:
    return running(*house("worker"), environment=told)


def _control_plane(told: Mapping[str, str]) -> AbstractAsyncContextManager[Running]:
    return running("-m", "infra.local.cli", "control-plane", environment=told)
