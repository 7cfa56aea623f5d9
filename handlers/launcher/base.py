"""The launcher's port: how the house starts worker processes and finds those that run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from bus.values import UserId, WorkerId
from handlers.errors import HandlersError

if TYPE_CHECKING:
    from collections.abc import Sequence


class LauncherUnavailableError(HandlersError):
    """Whatever starts workers gave no answer; asking again is safe."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A worker process that was started and has not ended, as its launcher knows it.

    Attributes:
        user_id: Whom it serves, where the launcher knows; `None` for one that waits in the pool.
        ref: The launcher's own name for it: a process id, a task's address.
        version: Of the code that it runs, as far as the launcher can tell versions apart.
    """

    worker_id: WorkerId
    user_id: UserId | None
    ref: str
    started_at: datetime
    version: str = ""


class Launcher(Protocol):
    """Starts and stops worker processes. All methods raise `LauncherUnavailableError`."""

    async def launch(self, worker: WorkerId, user: UserId | None) -> Task:
        """Start a worker for a user, or one that waits in the pool.

        Asking again with the same worker id does not start a second one. It returns when the
        process is started, not when it serves.
        """
        ...

    async def stop(self, task: Task) -> None:
        """Ask a worker to finish what it has in hand and leave; it is ended after 30 s.

        A worker that is gone already is fine.
        """
        ...

    async def list(self) -> Sequence[Task]:
        """Return what runs now."""
        ...

    async def version(self) -> str:
        """Return the version that a worker started now would run."""
        ...
