"""Every suite here runs over every launcher."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.values import SystemClock
from handlers.launcher.ecs import open_ecs_launcher
from tests.contract.launcher.places import made_cluster
from tests.unit.worker_runtime.hosting.fake_zygote import a_launcher

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from handlers.launcher.base import Launcher
    from handlers.launcher.ecs_settings import EcsSettings
    from tests.servers.emulator import EmulatorServer


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def ecs(emulator: EmulatorServer) -> EcsSettings:
    """A cluster of one's own, with a capacity provider and a task definition."""
    return await made_cluster(emulator)


@pytest.fixture(params=["local", pytest.param("ecs", marks=pytest.mark.aws)])
async def launcher(request: pytest.FixtureRequest) -> AsyncGenerator[Launcher]:
    """The launcher under test."""
    opened = _local() if request.param == "local" else _ecs(request.getfixturevalue("emulator"))
    async with opened as launcher:
        yield launcher


@asynccontextmanager
async def _local() -> AsyncGenerator[Launcher]:
    async with a_launcher() as (launcher, zygote), anyio.create_task_group() as tasks:
        tasks.start_soon(zygote.obey)
        yield launcher
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def _ecs(emulator: EmulatorServer) -> AsyncGenerator[Launcher]:
    async with open_ecs_launcher(await made_cluster(emulator), SystemClock()) as launcher:
        yield launcher
