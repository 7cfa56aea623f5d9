"""A background task that fails runs again."""

from __future__ import annotations

import anyio
import pytest

from edge import supervisor
from edge.supervisor import keep_running

pytestmark = pytest.mark.anyio


async def test_task_that_fails_or_ends_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_AGAIN_AFTER", 0)
    runs: list[int] = []
    enough = anyio.Event()

    async def task() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise ZeroDivisionError
        if len(runs) == 3:
            enough.set()
            await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keep_running, "task", task)
        with anyio.fail_after(2):
            await enough.wait()
        tasks.cancel_scope.cancel()

    assert len(runs) == 3
