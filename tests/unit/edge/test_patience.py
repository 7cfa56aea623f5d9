from __future__ import annotations

import asyncio

import anyio
import pytest

from edge.kept.patience import Patience

pytestmark = pytest.mark.anyio


async def test_what_takes_too_long_is_cancelled_and_left_quietly() -> None:
    patience, is_done = Patience(), False

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(patience.run)
        with patience.within(0.01):
            await anyio.sleep_forever()
            is_done = True  # pragma: no cover - never reached
        tasks.cancel_scope.cancel()

    assert not is_done


async def test_what_is_done_in_time_is_not_cancelled_later() -> None:
    patience = Patience()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(patience.run)
        with patience.within(0.01):
            pass
        with patience.within(0.01):
            await anyio.sleep_forever()
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()

    assert len(patience) == 0


async def test_limit_can_be_renewed() -> None:
    patience = Patience()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(patience.run)
        with patience.within(60) as limit:
            limit.renew(0.01)
            await anyio.sleep_forever()
        tasks.cancel_scope.cancel()

    assert len(patience) == 0


async def test_each_of_many_has_its_own_limit() -> None:
    patience = Patience()
    left: list[str] = []

    async def wait(name: str, seconds: float) -> None:
        with patience.within(seconds):
            await anyio.sleep_forever()
        left.append(name)
        if name == "late":
            tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(patience.run)
        tasks.start_soon(wait, "late", 0.3)
        tasks.start_soon(wait, "early", 0.01)

    assert left == ["early", "late"]


async def test_failure_within_the_limit_comes_out_and_ends_the_watch() -> None:
    patience = Patience()

    with pytest.raises(ValueError, match="broken"), patience.within(1):
        raise ValueError("broken")

    assert len(patience) == 0


async def test_whoever_else_cancels_the_task_is_obeyed() -> None:
    patience = Patience()

    async def work() -> None:
        with patience.within(60) as limit:
            limit.cancel()
            await anyio.sleep_forever()

    task = asyncio.ensure_future(work())
    task.get_loop().call_soon(task.cancel)

    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(patience) == 0


async def test_task_that_ran_out_of_time_goes_on_as_if_nobody_had_cancelled_it() -> None:
    patience = Patience()

    with patience.within(60) as limit:
        limit.cancel()
        await anyio.sleep_forever()

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await anyio.lowlevel.checkpoint()


async def test_what_fails_while_it_is_cancelled_comes_out() -> None:
    patience = Patience()

    async def work() -> None:
        with patience.within(60) as limit:
            limit.cancel()
            try:
                await anyio.sleep_forever()
            finally:
                raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await work()
