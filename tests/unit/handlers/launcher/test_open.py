"""Which launcher the settings open."""

from __future__ import annotations

import pytest

from handlers.launcher.ecs import EcsLauncher
from handlers.launcher.ecs_settings import EcsSettings
from handlers.launcher.open import open_launcher
from handlers.launcher.remote import RemoteLauncher
from handlers.launcher.settings import LauncherSettings

pytestmark = pytest.mark.anyio


async def test_a_socket_opens_the_host_of_this_machine() -> None:
    async with open_launcher(LauncherSettings(socket_path="/run/launcher.sock")) as launcher:
        assert isinstance(launcher, RemoteLauncher)


async def test_a_cluster_opens_ecs() -> None:
    ecs = EcsSettings(cluster="a", task_definition="b", capacity_provider="c", region="d")

    async with open_launcher(LauncherSettings(ecs=ecs)) as launcher:
        assert isinstance(launcher, EcsLauncher)
