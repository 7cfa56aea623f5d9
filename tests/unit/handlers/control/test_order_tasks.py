"""Orders at a venue are looked after until they are final."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.messages import StartWorker, VerifyFills, VerifyOrder
from bus.values import OrderId, OrderState, UserId
from handlers.control.order_tasks import verify_order
from handlers.errors import NotFoundError
from handlers.records.lifecycle import FINAL
from tests.unit.handlers.control.control_places import a_place

if TYPE_CHECKING:
    from handlers.records.orders import Order

pytestmark = pytest.mark.anyio


def a_look(order: Order, attempt: int = 1) -> VerifyOrder:
    return VerifyOrder(
        user_id=order.user_id, order_id=order.id, account_id=order.account_id, attempt=attempt
    )


async def test_a_look_asks_the_worker_and_for_the_next_look() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.in_state(trader, OrderState.ACCEPTED)

        look, again = await verify_order(a_look(order, 4), place.services)

        assert look == VerifyFills(
            user_id=trader.user, order_id=order.id, account_id=order.account_id, attempt=4
        )
        assert again == a_look(order, 5)


async def test_a_user_without_a_worker_gets_one_to_look_with() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.in_state(trader, OrderState.ACCEPTED)
        await place.services.store.leases.release(trader.lease)

        _, start, again = await verify_order(a_look(order), place.services)

        assert isinstance(start, StartWorker)
        assert (start.user_id, start.cause) == (trader.user, order.id)
        assert start.deadline > place.clock.now()
        assert again == a_look(order, 2)


@pytest.mark.parametrize("state", sorted(FINAL))
async def test_a_final_order_is_looked_at_no_more(state: OrderState) -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), state)

        assert await verify_order(a_look(order), place.services) == ()


async def test_a_look_that_was_overtaken_asks_for_nothing() -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), OrderState.UNKNOWN)
        await verify_order(a_look(order, 3), place.services)

        assert await verify_order(a_look(order, 2), place.services) == ()


async def test_the_same_look_twice_asks_the_same() -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), OrderState.UNKNOWN)

        first = await verify_order(a_look(order), place.services)

        assert await verify_order(a_look(order), place.services) == first


async def test_looks_under_way_are_not_begun_anew() -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), OrderState.ACCEPTED)
        for attempt in range(1, 10):
            await verify_order(a_look(order, attempt), place.services)
            await place.later(30)

        assert await place.services.store.upkeep.due_checks(limit=10) == []


async def test_an_order_of_another_user_is_not_found() -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), OrderState.ACCEPTED)
        foreign = VerifyOrder(
            user_id=UserId(uuid7()), order_id=order.id, account_id=order.account_id, attempt=1
        )

        with pytest.raises(NotFoundError):
            await verify_order(foreign, place.services)


async def test_an_order_that_is_not_there_is_not_found() -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), OrderState.ACCEPTED)
        gone = VerifyOrder(
            user_id=order.user_id,
            order_id=OrderId(uuid7()),
            account_id=order.account_id,
            attempt=1,
        )

        with pytest.raises(NotFoundError):
            await verify_order(gone, place.services)
