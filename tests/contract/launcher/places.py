"""Clusters that the launcher's suites start tasks in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from handlers.launcher.ecs_driver import open_client
from handlers.launcher.ecs_settings import EcsSettings
from tests.servers.emulator import REGION

if TYPE_CHECKING:
    from tests.servers.emulator import EmulatorServer


async def made_cluster(emulator: EmulatorServer) -> EcsSettings:
    """Make a cluster with a capacity provider and a task definition; return where they are."""
    name = f"t{uuid4().hex[:12]}"
    settings = EcsSettings(
        cluster=name, task_definition=f"{name}-worker", capacity_provider=f"{name}-machines",
        region=REGION, endpoint_url=emulator.url,
    )  # fmt: skip
    group = f"arn:aws:autoscaling:{REGION}:000000000000:autoScalingGroup:1:autoScalingGroupName/g"
    async with open_client(settings) as client:
        await client.create_capacity_provider(
            name=settings.capacity_provider,
            autoScalingGroupProvider={"autoScalingGroupArn": group},
        )
        await client.create_cluster(
            clusterName=name, capacityProviders=[settings.capacity_provider]
        )
        await client.register_task_definition(
            family=settings.family,
            networkMode="bridge",
            requiresCompatibilities=["EC2"],
            containerDefinitions=[
                {"name": "worker", "image": "fourpass", "cpu": 64, "memory": 384, "essential": True}
            ],
        )
    return settings
