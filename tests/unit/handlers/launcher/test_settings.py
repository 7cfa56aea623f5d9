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
