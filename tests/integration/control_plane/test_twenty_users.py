"""Twenty users are active; one worker is killed, one hangs: the others' orders go on as before."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.values import OrderState
from tests.integration.worker_runtime.hosts import a_host, frozen

if TYPE_CHECKING:
    from tests.integration.worker_runtime.hosts import Trader, World

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgres,
    pytest.mark.valkey,
    pytest.mark.long_prove,
    pytest.mark.timeout(600),
]

_USERS = 20
_ROUNDS = 3


async def trade(world: World, traders: list[Trader]) -> list[OrderState]:
    """Send one order of each at the same time; return how they ended."""
    ends: list[OrderState] = []

    async def one(trader: Trader) -> None:
        order = await world.alert(trader)
        ends.append((await world.until(trader, order)).state)

    async with anyio.create_task_group() as tasks:
        for trader in traders:
            tasks.start_soon(one, trader)
    return ends


async def test_eighteen_go_on_while_one_crashes_and_one_hangs(world: World) -> None:
    async with a_host(world, pool=4):
        traders = [await world.add_trader() for _ in range(_USERS)]
        for trader in traders:
            await world.pool_of(1)
            await trade(world, [trader])
        crashing, hanging, *others = traders
        crashed = await world.worker_of(crashing.user)
        with frozen((await world.worker_of(hanging.user)).pid):
            held_up = await world.alert(hanging)
            os.kill(crashed.pid, signal.SIGKILL)

            ends = [end for _ in range(_ROUNDS) for end in await trade(world, others)]
            still = (await world.order(held_up)).state

        assert ends == [OrderState.FILLED] * (_ROUNDS * len(others))
        assert still is OrderState.QUEUED
        assert (await world.until(hanging, held_up)).state is OrderState.FILLED
        again = await world.alert(crashing)
        await world.ask_for_worker(crashing.user)
        assert (await world.until(crashing, again)).state is OrderState.FILLED
