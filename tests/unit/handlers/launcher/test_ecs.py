"""What ECS says instead of starting a task."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from bus.errors import SettingsError
from bus.ids import uuid7
from bus.values import SystemClock, WorkerId
from handlers.launcher.base import LauncherUnavailableError
from handlers.launcher.ecs import open_ecs_launcher
from handlers.launcher.ecs_driver import translated
from handlers.launcher.ecs_settings import EcsSettings, read_ecs_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from contextlib import AbstractContextManager

SETTINGS = EcsSettings(
    cluster="c", task_definition="worker:7", capacity_provider="p", region="us-east-1"
)
ENVIRONMENT = {
    "FOURPASS_ECS_CLUSTER": "c",
    "FOURPASS_ECS_TASK_DEFINITION": "worker:7",
    "FOURPASS_ECS_CAPACITY_PROVIDER": "p",
    "FOURPASS_AWS_REGION": "us-east-1",
}


class Ecs:
    """A client that lists nothing and answers RunTask as it is told."""

    def __init__(self, reply: dict[str, Any]) -> None:
        self.reply = reply
        self.asked: list[dict[str, Any]] = []

    def open_client(self, _: EcsSettings) -> Any:
        @asynccontextmanager
        async def opened() -> AsyncGenerator[Ecs]:
            yield self

        return opened()

    def translated(self) -> AbstractContextManager[None]:
        return nullcontext()

    def get_paginator(self, _: str) -> Ecs:
        return self

    async def paginate(self, **_: Any) -> AsyncIterator[dict[str, list[str]]]:
        yield {"taskArns": []}

    async def run_task(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return self.reply


@pytest.mark.anyio
@pytest.mark.parametrize("reason", ["RESOURCE:MEMORY", "RESOURCE:CPU", "AGENT"])
async def test_a_task_that_finds_no_room_is_not_started_now(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    ecs = Ecs({"tasks": [], "failures": [{"arn": "arn:instance", "reason": reason}]})
    monkeypatch.setattr("handlers.launcher.ecs._load", lambda: ecs)
    async with open_ecs_launcher(SETTINGS, SystemClock()) as launcher:
        with pytest.raises(LauncherUnavailableError, match=reason):
            await launcher.launch(WorkerId(uuid7()), None)


@pytest.mark.anyio
async def test_the_worker_is_the_client_token(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = WorkerId(uuid7())
    ecs = Ecs({"tasks": [{"taskArn": "arn:task"}], "failures": []})
    monkeypatch.setattr("handlers.launcher.ecs._load", lambda: ecs)
    async with open_ecs_launcher(SETTINGS, SystemClock()) as launcher:
        await launcher.launch(worker, None)

    (asked,) = ecs.asked
    assert (asked["clientToken"], asked["startedBy"], asked["count"]) == (
        str(worker),
        str(worker),
        1,
    )


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "RunTask"),
        ClientError({"Error": {"Code": "AccessDeniedException"}}, "RunTask"),
        EndpointConnectionError(endpoint_url="http://ecs"),
        TimeoutError(),
    ],
)
def test_what_the_driver_raises_is_an_error_of_ours(error: Exception) -> None:
    with pytest.raises(LauncherUnavailableError), translated():
        raise error


def test_the_environment_fills_the_settings() -> None:
    settings = read_ecs_settings(ENVIRONMENT)

    assert settings == SETTINGS
    assert settings.family == "worker"


@pytest.mark.parametrize("variable", list(ENVIRONMENT))
def test_what_is_missing_is_named(variable: str) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != variable}

    with pytest.raises(SettingsError, match=variable):
        read_ecs_settings(environment)
