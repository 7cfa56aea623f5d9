"""Workers as tasks of ECS, as its API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import SystemClock, UserId, WorkerId
from handlers.launcher.base import LauncherUnavailableError
from handlers.launcher.ecs import open_ecs_launcher
from handlers.launcher.ecs_driver import open_client
from tests.servers.emulator import running_emulator

if TYPE_CHECKING:
    from handlers.launcher.ecs_settings import EcsSettings
    from tests.servers.emulator import EmulatorServer

pytestmark = [pytest.mark.anyio, pytest.mark.aws]


async def test_a_task_tells_who_it_is_on_whose_machines(ecs: EcsSettings) -> None:
    worker, user = WorkerId(uuid7()), UserId(uuid7())
    async with open_ecs_launcher(ecs, SystemClock()) as launcher, open_client(ecs) as client:
        task = await launcher.launch(worker, user)
        reply = await client.describe_tasks(cluster=ecs.cluster, tasks=[task.ref], include=["TAGS"])
    (shown,) = reply["tasks"]
    (override,) = shown.get("overrides", {}).get("containerOverrides", [])

    assert shown.get("startedBy") == str(worker)
    assert shown.get("capacityProviderName") == ecs.capacity_provider
    assert {tag.get("key"): tag.get("value") for tag in shown.get("tags", [])} == {
        "worker": str(worker),
        "user": str(user),
    }
    assert override.get("environment") == [
        {"name": "FOURPASS_WORKER_ID", "value": str(worker)},
        {"name": "FOURPASS_WORKER_USER_ID", "value": str(user)},
    ]


@pytest.mark.timeout(60)
async def test_more_tasks_than_a_page_holds_are_all_listed(ecs: EcsSettings) -> None:
    async with open_ecs_launcher(ecs, SystemClock()) as launcher, open_client(ecs) as client:
        for _ in range(12):
            await client.run_task(
                cluster=ecs.cluster, taskDefinition=ecs.family, count=10,
                tags=[{"key": "worker", "value": str(uuid7())}],
            )  # fmt: skip

        assert len(await launcher.list()) == 120


async def test_tasks_of_others_are_none_of_ours(ecs: EcsSettings) -> None:
    async with open_ecs_launcher(ecs, SystemClock()) as launcher, open_client(ecs) as client:
        await client.run_task(cluster=ecs.cluster, taskDefinition=ecs.family)
        await client.register_task_definition(
            family=f"{ecs.cluster}-edge",
            containerDefinitions=[{"name": "edge", "image": "fourpass", "memory": 384}],
        )
        await client.run_task(
            cluster=ecs.cluster, taskDefinition=f"{ecs.cluster}-edge",
            tags=[{"key": "worker", "value": str(uuid7())}],
        )  # fmt: skip

        assert not await launcher.list()


async def test_the_version_is_the_revision_that_would_run_now(ecs: EcsSettings) -> None:
    async with open_ecs_launcher(ecs, SystemClock()) as launcher, open_client(ecs) as client:
        before = await launcher.version()
        await client.register_task_definition(
            family=ecs.family,
            containerDefinitions=[{"name": "worker", "image": "fourpass:2", "memory": 384}],
        )
        after = await launcher.version()

    assert before.endswith(f":task-definition/{ecs.family}:1")
    assert after.endswith(f":task-definition/{ecs.family}:2")


async def test_a_server_that_is_away_is_an_error_of_ours(
    ecs: EcsSettings, emulator: EmulatorServer
) -> None:
    del emulator
    with running_emulator() as gone:
        url = gone.url
    settings = _elsewhere(ecs, url)
    async with open_ecs_launcher(settings, SystemClock()) as launcher:
        with pytest.raises(LauncherUnavailableError):
            await launcher.list()


@pytest.mark.xfail(strict=True, reason="AWS, RunTask: a repeated clientToken starts no second task")
async def test_a_repeated_client_token_starts_no_second_task(ecs: EcsSettings) -> None:
    async with open_client(ecs) as client:
        for _ in range(2):
            await client.run_task(cluster=ecs.cluster, taskDefinition=ecs.family, clientToken="one")
        reply = await client.list_tasks(cluster=ecs.cluster)

    assert len(reply["taskArns"]) == 1


def _elsewhere(settings: EcsSettings, url: str) -> EcsSettings:
    return msgspec.structs.replace(settings, endpoint_url=url)
