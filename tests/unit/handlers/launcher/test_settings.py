"""What a control plane is told of its workers' host."""

from __future__ import annotations

import pytest

from handlers.launcher.settings import LauncherSettingsError, read_settings

TOLD = {"FOURPASS_LAUNCHER_SOCKET": "/run/launcher.sock"}


def test_two_warm_workers_wait_by_default() -> None:
    assert read_settings(TOLD).pool_size == 2


def test_the_pool_may_be_of_any_size() -> None:
    assert read_settings(TOLD | {"FOURPASS_POOL_SIZE": "0"}).pool_size == 0


@pytest.mark.parametrize("text", ["-1", "two", "501", "1.5"])
def test_a_pool_that_makes_no_sense_is_named(text: str) -> None:
    with pytest.raises(LauncherSettingsError, match="FOURPASS_POOL_SIZE"):
        read_settings(TOLD | {"FOURPASS_POOL_SIZE": text})


def test_a_host_that_nobody_names_is_missed() -> None:
    with pytest.raises(LauncherSettingsError, match="FOURPASS_LAUNCHER_SOCKET"):
        read_settings({})


def test_workers_are_tasks_where_a_cluster_is_named() -> None:
    told = {
        "FOURPASS_ECS_CLUSTER": "house",
        "FOURPASS_ECS_TASK_DEFINITION": "worker",
        "FOURPASS_ECS_CAPACITY_PROVIDER": "machines",
        "FOURPASS_AWS_REGION": "ap-northeast-1",
    }

    ecs = read_settings(told).ecs

    assert ecs is not None
    assert ecs.cluster == "house"
