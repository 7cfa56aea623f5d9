"""How an order leaves the queue otherwise, and how a working one's cancel is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.records.lifecycle import FINAL, LIVE
from handlers.records.orders import CancelAnswer

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def test_a_queued_order_is_denied_with_its_reason(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    is_denied = await house.store.orders.deny(
        order.id, code="nothing_to_do", message="You hold nothing.", lease=trader.lease
    )

    assert is_denied
    kept = await house.load(order.id)
    assert (kept.state, kept.error_code) == (OrderState.DENIED, "nothing_to_do")
    assert kept.error_message == "You hold nothing."


async def test_an_order_that_left_the_queue_is_not_denied(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    assert not await house.store.orders.deny(order.id, code="x", message="x", lease=trader.lease)


async def test_a_lost_lease_denies_nothing(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.store.leases.release(trader.lease)

    assert not await house.store.orders.deny(order.id, code="x", message="x", lease=trader.lease)


async def test_a_queued_order_is_cancelled_at_once(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    answer = await house.store.orders.request_cancel(trader.user, order.id)

    assert answer is CancelAnswer.CANCELLED
    assert (await house.load(order.id)).state is OrderState.CANCELLED
    assert (await house.stages(order))[-1] == "cancel_requested"


@pytest.mark.parametrize("state", sorted(LIVE))
async def test_a_live_orders_cancel_is_noted(house: House, state: OrderState) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)

    answer = await house.store.orders.request_cancel(trader.user, order.id)

    assert answer is CancelAnswer.REQUESTED
    kept = await house.load(order.id)
    assert kept.state is state
    assert kept.cancel_requested_at is not None


@pytest.mark.parametrize("state", sorted(FINAL))
async def test_a_final_order_is_not_cancelled(house: House, state: OrderState) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)

    answer = await house.store.orders.request_cancel(trader.user, order.id)

    assert answer is CancelAnswer.ALREADY_FINAL


async def test_asking_twice_for_a_cancel_is_asking_once(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)
    first = await house.load(order.id)

    answer = await house.store.orders.request_cancel(trader.user, order.id)

    assert answer is CancelAnswer.REQUESTED
    assert await house.load(order.id) == first


async def test_nobody_cancels_anothers_order(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = await house.queued(other)

    answer = await house.store.orders.request_cancel(trader.user, order.id)

    assert answer is CancelAnswer.NOT_FOUND
    assert (await house.load(order.id)).state is OrderState.QUEUED


async def test_an_order_nobody_has_is_not_found(house: House) -> None:
    trader = await house.trader()

    answer = await house.store.orders.request_cancel(trader.user, OrderId(uuid7()))

    assert answer is CancelAnswer.NOT_FOUND


async def test_a_wanted_cancel_is_noted_as_sent(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)

    assert await house.store.orders.note_cancel_sent(order.id, trader.lease)

    assert (await house.load(order.id)).cancel_sent_at is not None
    assert (await house.stages(order))[-1] == "cancel_sent"


async def test_a_cancel_nobody_wants_is_not_sent(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)

    assert not await house.store.orders.note_cancel_sent(order.id, trader.lease)


async def test_a_final_orders_cancel_is_not_sent(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)
    await house.settle(order, OrderState.CANCELLED)

    assert not await house.store.orders.note_cancel_sent(order.id, trader.lease)


async def test_an_unsent_order_whose_cancel_is_wanted_ends_cancelled(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.store.orders.request_cancel(trader.user, order.id)

    settled = await house.settle(order, OrderState.QUEUED)

    assert settled.state is OrderState.CANCELLED


async def test_an_order_is_found_by_its_client_id(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    found = await house.store.orders.by_client_id(trader.account.id, order.client_order_id)

    assert found == order


async def test_a_client_id_of_nobody_finds_nothing(house: House) -> None:
    trader = await house.trader()

    assert await house.store.orders.by_client_id(trader.account.id, "nobody") is None
