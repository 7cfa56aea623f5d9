"""A whole worker against the memory bus, the memory record and scripted venues: its daily work."""

from __future__ import annotations

import pytest

from bus.values import OrderState
from tests.unit.worker_runtime.world import HINTS_ONLY, a_world

pytestmark = pytest.mark.anyio


async def test_a_hinted_order_is_filled() -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        order = await world.record(account)

        await world.hint(account, order)

        assert (await world.until(order)).state is OrderState.FILLED


async def test_an_order_whose_hint_was_lost_is_filled() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()

        order = await world.record(account)

        assert (await world.until(order)).state is OrderState.FILLED


async def test_orders_of_one_account_reach_the_venue_in_their_order() -> None:
    async with a_world(HINTS_ONLY) as world:
        account = await world.add_account()
        orders = [await world.record(account, symbol=f"S{n}") for n in range(20)]
        await world.hint(account, *reversed(orders))

        async with world.served():
            for order in orders:
                await world.until(order)

        sent = [request.client_order_id for request in world.brokers[account].submitted]
        assert sent == [order.hex for order in orders]


async def test_a_slow_account_holds_no_other_up() -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        slow, quick = await world.add_account(), await world.add_account()
        world.brokers[slow].close_gate()
        stuck, free = await world.record(slow), await world.record(quick)

        await world.hint(slow, stuck)
        await world.hint(quick, free)

        assert (await world.until(free)).state is OrderState.FILLED
        world.brokers[slow].gate.set()


async def test_an_order_hinted_many_times_is_sent_once() -> None:
    async with a_world() as world:
        account = await world.add_account()
        order = await world.record(account)
        await world.hint(account, *[order] * 10)

        async with world.served():
            await world.until(order)
            last = await world.record(account)
            await world.hint(account, order, last)
            await world.until(last)

        sent = [request.client_order_id for request in world.brokers[account].submitted]
        assert sent == [order.hex, last.hex]
