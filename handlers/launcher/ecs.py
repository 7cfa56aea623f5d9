"""Launches workers as tasks of ECS on EC2 instances, one task a worker."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import anyio
import anyio.to_thread
from typing_extensions import override

from bus.values import UserId, WorkerId
from handlers.launcher.base import Launcher, LauncherUnavailableError, Task
from handlers.launcher.told import tell
from handlers.launcher.wire import Launch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from types_aiobotocore_ecs.client import ECSClient
    from types_aiobotocore_ecs.type_defs import (
        KeyValuePairTypeDef,
        RunTaskRequestTypeDef,
        TagTypeDef,
        TaskTypeDef,
    )

    from bus.values import Clock
    from handlers.launcher.ecs_settings import EcsSettings

WORKER_TAG = "worker"
USER_TAG = "user"

# ECS API reference, DescribeTasks.
_DESCRIBED_AT_ONCE = 100
_ENDED = frozenset({"STOPPED", "DELETED"})


class Driver(Protocol):
    """The module `handlers.launcher.ecs_driver`."""

    def open_client(self, settings: EcsSettings) -> AbstractAsyncContextManager[ECSClient]:
        """Open a client."""
        ...

    def translated(self) -> AbstractContextManager[None]:
        """Turn what the driver raises into our error."""
        ...


class EcsLauncher(Launcher):
    """Runs, stops and lists tasks of one task definition.

    A task tells its worker and its user by tags. A warm worker that was claimed later has no tag
    of its user; its lease tells that.
    """

    def __init__(self, settings: EcsSettings, clock: Clock, closing: AsyncExitStack) -> None:
        self._settings = settings
        self._clock = clock
        self._closing = closing
        self._opening = anyio.Lock()
        self._driver: Driver | None = None
        self._client: ECSClient | None = None

    @override
    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        async with self._calling() as client:
            # AWS keeps a client token for a day, and knows by it which launch was repeated. The
            # look before that finds one whose token is forgotten.
            running = [task async for task in self._tasks(client, started_by=str(worker))]
            if running:
                return running[0]
            reply = await client.run_task(**_request(self._settings, worker, user))
        if not reply["tasks"]:
            # RESOURCE:MEMORY, AGENT and the like: there is no room now, and may be in a moment.
            why = ", ".join(failed.get("reason", "") for failed in reply["failures"])
            msg = f"ECS placed no task: {why or 'it does not say why'}"
            raise LauncherUnavailableError(msg)
        return self._task(reply["tasks"][0], worker, user)

    @override
    async def stop(self, task: Task) -> None:
        async with self._calling() as client:
            try:
                await client.stop_task(
                    cluster=self._settings.cluster, task=task.ref, reason="asked by 4pass"
                )
            except client.exceptions.InvalidParameterException:
                # "The referenced task was not found": it ended long ago.
                return

    @override
    async def list(self) -> Sequence[Task]:
        """Return what runs or is about to; a task that was told to stop is not among it."""
        async with self._calling() as client:
            return [task async for task in self._tasks(client)]

    @override
    async def version(self) -> str:
        """Return the ARN of the task definition's revision that would run now."""
        async with self._calling() as client:
            reply = await client.describe_task_definition(
                taskDefinition=self._settings.task_definition
            )
        return reply["taskDefinition"].get("taskDefinitionArn", "")

    async def _tasks(self, client: ECSClient, *, started_by: str = "") -> AsyncIterator[Task]:
        """Find our tasks, all or those that were started by one name."""
        # ECS takes one filter at a time.
        wanted = {"startedBy": started_by} if started_by else {"family": self._settings.family}
        pages = client.get_paginator("list_tasks").paginate(
            cluster=self._settings.cluster,
            desiredStatus="RUNNING",
            **wanted,  # pyright: ignore[reportArgumentType] - one of two names that it takes
        )
        arns = [arn async for page in pages for arn in page["taskArns"]]
        for begin in range(0, len(arns), _DESCRIBED_AT_ONCE):
            some = arns[begin : begin + _DESCRIBED_AT_ONCE]
            reply = await client.describe_tasks(
                cluster=self._settings.cluster, tasks=some, include=["TAGS"]
            )
            for shown in reply["tasks"]:
                tags = {tag.get("key", ""): tag.get("value", "") for tag in shown.get("tags", ())}
                worker = _id(tags.get(WORKER_TAG))
                if worker is not None and shown.get("lastStatus") not in _ENDED:
                    user = _id(tags.get(USER_TAG))
                    yield self._task(
                        shown, WorkerId(worker), None if user is None else UserId(user)
                    )

    def _task(self, shown: TaskTypeDef, worker: WorkerId, user: UserId | None) -> Task:
        return Task(
            worker_id=worker,
            user_id=user,
            ref=shown.get("taskArn", ""),
            version=shown.get("taskDefinitionArn", ""),
            started_at=shown.get("startedAt") or shown.get("createdAt") or self._clock.now(),
        )

    @asynccontextmanager
    async def _calling(self) -> AsyncGenerator[ECSClient]:
        """Give the client to one verb, with a deadline, and translate what goes wrong."""
        if self._driver is None:
            self._driver = await anyio.to_thread.run_sync(_load)
        with (
            self._driver.translated(),
            anyio.fail_after(self._settings.answer_within.total_seconds()),
        ):
            async with self._opening:
                if self._client is None:
                    opening = self._driver.open_client(self._settings)
                    self._client = await self._closing.enter_async_context(opening)
            yield self._client


@asynccontextmanager
async def open_ecs_launcher(settings: EcsSettings, clock: Clock) -> AsyncGenerator[EcsLauncher]:
    """Open the launcher; nothing is loaded or connected before its first call."""
    async with AsyncExitStack() as closing:
        yield EcsLauncher(settings, clock, closing)


def _load() -> Driver:
    """Import the driver; in a thread, so that the loop goes on meanwhile."""
    from handlers.launcher import ecs_driver  # noqa: PLC0415 - loads at the first call

    return ecs_driver


def _request(settings: EcsSettings, worker: WorkerId, user: UserId | None) -> RunTaskRequestTypeDef:
    told: list[KeyValuePairTypeDef] = [
        {"name": name, "value": value}
        for name, value in tell(Launch(worker_id=worker, user_id=user)).items()
    ]
    provider = settings.capacity_provider
    return {
        "cluster": settings.cluster,
        "taskDefinition": settings.task_definition,
        "capacityProviderStrategy": [{"capacityProvider": provider, "weight": 1}],
        # As many on an instance as its memory holds, so that others become empty and end.
        "placementStrategy": [{"type": "binpack", "field": "memory"}],
        "count": 1,
        "clientToken": str(worker),
        "startedBy": str(worker),
        "tags": _tags(worker, user),
        "overrides": {"containerOverrides": [{"name": settings.container, "environment": told}]},
    }


def _tags(worker: WorkerId, user: UserId | None) -> list[TagTypeDef]:
    tags: list[TagTypeDef] = [{"key": WORKER_TAG, "value": str(worker)}]
    if user is not None:
        tags.append({"key": USER_TAG, "value": str(user)})
    return tags


def _id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
