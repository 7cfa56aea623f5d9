"""Where workers are tasks of ECS: which cluster, which task definition, on whose machines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from bus.errors import SettingsError
from bus.sqs_settings import read_endpoint, read_region

if TYPE_CHECKING:
    from collections.abc import Mapping

CLUSTER_VARIABLE = "FOURPASS_ECS_CLUSTER"
TASK_DEFINITION_VARIABLE = "FOURPASS_ECS_TASK_DEFINITION"
CAPACITY_PROVIDER_VARIABLE = "FOURPASS_ECS_CAPACITY_PROVIDER"
CONTAINER_VARIABLE = "FOURPASS_ECS_CONTAINER"
STOP_TIMEOUT = timedelta(seconds=60)
"""How long a task may take to leave: its orders in hand are finished long before."""


class EcsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How workers are run as tasks. Credentials come from the standard chain of AWS.

    Attributes:
        task_definition: Its family, and `:revision` where not the newest is meant; its network mode
            is bridge, its containers' `stopTimeout` is `STOP_TIMEOUT`.
        capacity_provider: Whose EC2 instances the tasks run on.
        container: The container of the task definition that is told which worker it is.
        endpoint_url: What plays AWS instead of AWS; `None` for AWS itself.
        answer_within: After this long without an answer ECS counts as unavailable.
    """

    cluster: str
    task_definition: str
    capacity_provider: str
    region: str
    container: str = "worker"
    endpoint_url: str | None = None
    answer_within: timedelta = timedelta(seconds=5)

    @property
    def family(self) -> str:
        """The task definition's family, without revision."""
        return self.task_definition.partition(":")[0]


def read_ecs_settings(environment: Mapping[str, str]) -> EcsSettings:
    """Read the settings from environment variables.

    Raises:
        SettingsError: A variable is missing or cannot be understood; it is named.
    """
    return EcsSettings(
        cluster=_required(environment, CLUSTER_VARIABLE),
        task_definition=_required(environment, TASK_DEFINITION_VARIABLE),
        capacity_provider=_required(environment, CAPACITY_PROVIDER_VARIABLE),
        container=environment.get(CONTAINER_VARIABLE, "").strip() or "worker",
        region=read_region(environment),
        endpoint_url=read_endpoint(environment),
    )


def _required(environment: Mapping[str, str], variable: str) -> str:
    value = environment.get(variable, "").strip()
    if not value:
        raise SettingsError(variable, "is not set")
    return value
