from __future__ import annotations

import anyio
import pytest

from edge.alerts.turns import in_step

pytestmark = pytest.mark.anyio


async def test_what_came_together_goes_from_stage_to_stage_together() -> None:
    seen: list[tuple[str, int]] = []

    async def go(name: str) -> None:
        for stage in range(3):
            seen.append((name, stage))
            await in_step()

    async with anyio.create_task_group() as tasks:
        for name in "abc":
            tasks.start_soon(go, name)

    assert seen == [(name, stage) for stage in range(3) for name in "abc"]


async def test_who_is_alone_goes_on() -> None:
    with anyio.fail_after(5):
        for _ in range(3):
            await in_step()


async def test_who_waits_for_the_others_can_be_called_off() -> None:
    is_over = False

    with anyio.CancelScope() as scope:
        scope.cancel()
        await in_step()
        await anyio.lowlevel.checkpoint()
        is_over = True  # pragma: no cover - never reached

    assert not is_over
