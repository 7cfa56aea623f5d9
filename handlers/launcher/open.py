"""Opens the launcher that the settings ask for; roots alone do that."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

from bus.values import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from handlers.launcher.base import Launcher
    from handlers.launcher.settings import LauncherSettings


@asynccontextmanager
async def open_launcher(settings: LauncherSettings) -> AsyncGenerator[Launcher]:
    """Open a way to start workers; what starts them may be away, and is then asked next time."""
    if settings.ecs is not None:
        from handlers.launcher.ecs import open_ecs_launcher  # noqa: PLC0415 - as below

        async with open_ecs_launcher(settings.ecs, SystemClock()) as launcher:
            yield launcher
        return
    from handlers.launcher.remote import RemoteLauncher  # noqa: PLC0415 - loads when opened

    await checkpoint()
    yield RemoteLauncher(settings.socket_path)
