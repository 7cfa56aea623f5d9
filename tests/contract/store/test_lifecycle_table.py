"""Every state against every settlement: both stores do what `handlers.records.lifecycle` says."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState
from handlers.records.lifecycle import Traded, fold

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("state", sorted(OrderState))
async def test_a_state_goes_where_the_lifecycle_lets_it(house: House, state: OrderState) -> None:
    trader = await house.trader()
    answers: dict[str, tuple[OrderState, bool]] = {}
    wanted: dict[str, tuple[OrderState, bool]] = {}

    for said, epoch_step in product(sorted(OrderState), (0, 1)):
        order = await house.in_state(trader, state)
        assert order.state is state
        epoch = (order.epoch or trader.lease.epoch) + epoch_step
        settlement = house.settlement(order, said, epoch=epoch)
        settled = await house.store.orders.settle(settlement)
        after = fold(order, settlement, Traded())
        answers[f"{said} {epoch_step}"] = (settled.state, settled.has_changed)
        wanted[f"{said} {epoch_step}"] = (after.state, after.has_changed)
        await _out_of_the_way(house, order.id)

    assert answers == wanted


@pytest.mark.parametrize("state", [OrderState.QUEUED, OrderState.DENIED])
async def test_an_order_that_was_sent_once_goes_where_the_lifecycle_lets_it(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()

    for said in sorted(OrderState):
        order = await house.sending(trader)
        await house.settle(order, OrderState.QUEUED)
        if state is OrderState.DENIED:
            await house.store.orders.deny(order.id, code="x", message="x", lease=trader.lease)
        order = await house.load(order.id)
        assert (order.state, order.attempts) == (state, 1)
        settlement = house.settlement(order, said)
        settled = await house.store.orders.settle(settlement)
        assert settled.state is fold(order, settlement, Traded()).state, said
        await _out_of_the_way(house, order.id)


async def _out_of_the_way(house: House, order_id: object) -> None:
    """End an order, so that it blocks nothing of the next one."""
    order = await house.load(order_id)  # pyright: ignore[reportArgumentType] - an OrderId
    await house.store.orders.request_cancel(order.user_id, order.id)
    for state in (OrderState.UNKNOWN, OrderState.CANCELLED):
        await house.settle(order, state)
