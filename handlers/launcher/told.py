"""What a worker that is a task of its own is told by its environment: who it is, whom it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from bus.errors import SettingsError
from bus.values import UserId, WorkerId
from handlers.launcher.wire import Launch

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKER_VARIABLE = "FOURPASS_WORKER_ID"
USER_VARIABLE = "FOURPASS_WORKER_USER_ID"


def tell(launch: Launch) -> dict[str, str]:
    """Return the variables that tell a process which worker it is."""
    told = {WORKER_VARIABLE: str(launch.worker_id)}
    return told if launch.user_id is None else {**told, USER_VARIABLE: str(launch.user_id)}


def read_launch(environment: Mapping[str, str]) -> Launch | None:
    """Read which worker this process is; `None` where it is none, but may host some.

    Raises:
        SettingsError: An id is no UUID, or a user is named and no worker.
    """
    worker, user = _read_id(environment, WORKER_VARIABLE), _read_id(environment, USER_VARIABLE)
    if worker is None:
        if user is not None:
            raise SettingsError(WORKER_VARIABLE, f"is not set, although {USER_VARIABLE} is")
        return None
    return Launch(worker_id=WorkerId(worker), user_id=None if user is None else UserId(user))


def _read_id(environment: Mapping[str, str], variable: str) -> UUID | None:
    text = environment.get(variable, "").strip()
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise SettingsError(variable, "must be a UUID") from error
