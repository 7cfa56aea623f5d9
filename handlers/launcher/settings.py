"""Where workers are started, and how many wait for a user; read from the environment once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bus.environment import whole_number
from handlers.errors import HandlersError
from handlers.launcher.ecs_settings import CLUSTER_VARIABLE, EcsSettings, read_ecs_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

SOCKET_VARIABLE = "FOURPASS_LAUNCHER_SOCKET"
POOL_SIZE_VARIABLE = "FOURPASS_POOL_SIZE"
_POOL_SIZE = 2
_LARGEST_POOL = 500


class LauncherSettingsError(HandlersError):
    """A setting is missing or wrong; the process should not start. Its variable is named."""


class LauncherSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a control plane needs to know of its workers' host.

    Attributes:
        socket_path: Where the host of this machine is asked for workers.
        ecs: Workers are tasks of ECS instead.
        pool_size: How many warm workers wait for a user.
    """

    socket_path: str = ""
    ecs: EcsSettings | None = None
    pool_size: int = _POOL_SIZE


def read_settings(environment: Mapping[str, str]) -> LauncherSettings:
    """Read the settings from environment variables.

    Raises:
        LauncherSettingsError: A variable is missing or cannot be understood; it is named.
        bus.errors.SettingsError: As above, of ECS.
    """
    pool_size = _pool_size(environment.get(POOL_SIZE_VARIABLE, ""))
    if environment.get(CLUSTER_VARIABLE):
        return LauncherSettings(ecs=read_ecs_settings(environment), pool_size=pool_size)
    path = environment.get(SOCKET_VARIABLE, "")
    if not path:
        msg = f"{SOCKET_VARIABLE} is not set: the path of the worker host's socket"
        raise LauncherSettingsError(msg)
    return LauncherSettings(socket_path=path, pool_size=pool_size)


def _pool_size(text: str) -> int:
    if not text:
        return _POOL_SIZE
    size = whole_number(text, least=0, most=_LARGEST_POOL)
    if size is None:
        msg = f"{POOL_SIZE_VARIABLE} is no number up to {_LARGEST_POOL}"
        raise LauncherSettingsError(msg)
    return size
