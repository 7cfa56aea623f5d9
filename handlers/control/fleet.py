"""The workers that run: what the launcher knows of them, put together with what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.launcher.base import Task
from handlers.records.views import WorkerView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId, WorkerId
    from handlers.services import Services


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A process that runs.

    Attributes:
        row: What it last said of itself; `None` if it said nothing for 30 s.
    """

    task: Task
    row: WorkerView | None

    @property
    def worker_id(self) -> WorkerId:
        """Who it is."""
        return self.task.worker_id

    @property
    def user_id(self) -> UserId | None:
        """Whom it serves. A launcher may not know of a claim that came later."""
        claimed_by = None if self.row is None else self.row.user_id
        return claimed_by or self.task.user_id


async def fleet(services: Services) -> Sequence[Member]:
    """Return what runs now.

    Raises:
        LauncherUnavailableError: Nobody tells what runs.
    """
    tasks = await services.launcher.list()
    rows = {row.id: row for row in await services.store.queries.workers(None)}
    return [Member(task=task, row=rows.get(task.worker_id)) for task in tasks]
