"""What a worker finds to do: take-over, sweep, backlog."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import OrderState, WorkerId
from handlers.records.lifecycle import FINAL
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Lease, Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def next_lease(house: House, trader: Trader) -> Lease:
    """Let the lease end, and another worker take it."""
    await house.store.leases.release(trader.lease)
    lease = await house.store.leases.take(trader.user, WorkerId(uuid7()))
    assert lease is not None
    return lease


async def unresolved(house: House, trader: Trader) -> Order:
    return await house.in_state(trader, OrderState.UNKNOWN)


async def test_taking_over_makes_an_older_epochs_send_unknown(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    found = await house.store.work.take_over(await next_lease(house, trader))

    assert [(each.id, each.state) for each in found] == [(order.id, OrderState.UNKNOWN)]
    assert (await house.stages(order))[-1] == "taken_over"


async def test_taking_over_leaves_its_own_sends_alone(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    assert await house.store.work.take_over(trader.lease) == []
    assert (await house.load(order.id)).state is OrderState.SENDING


async def test_taking_over_returns_all_that_is_unresolved(house: House) -> None:
    trader = await house.trader()
    first = await unresolved(house, trader)
    second = await house.in_state(await house.elsewhere(trader), OrderState.NEEDS_REVIEW)

    found = await house.store.work.take_over(await next_lease(house, trader))

    assert [each.id for each in found] == [first.id, second.id]


async def test_taking_over_touches_nobody_elses_orders(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = await house.sending(other)

    await house.store.work.take_over(await next_lease(house, trader))

    assert (await house.load(order.id)).state is OrderState.SENDING


async def test_a_send_past_its_time_is_swept_into_unknown(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.later(2)

    found = await house.store.work.sweep(trader.lease)

    assert [(each.id, each.state) for each in found] == [(order.id, OrderState.UNKNOWN)]


async def test_a_send_in_time_is_not_swept(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    assert await house.store.work.sweep(trader.lease) == []
    assert (await house.load(order.id)).state is OrderState.SENDING


async def test_an_overdue_queued_order_is_swept_into_expired(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(60)

    await house.store.work.sweep(trader.lease)

    assert (await house.load(order.id)).state is OrderState.EXPIRED
    assert (await house.stages(order))[-1] == "expired"


async def test_the_backlog_is_by_account_and_sequence(house: House) -> None:
    trader = await house.trader()
    other = await house.elsewhere(trader)
    mine = [await house.queued(trader) for _ in range(2)]
    others = [await house.queued(other) for _ in range(2)]
    accounts = sorted([(trader.account.id, mine), (other.account.id, others)])

    found = await house.store.work.oldest_queued(trader.user, limit=10)

    wanted = [order.id for _, orders in accounts for order in orders]
    assert [order.id for order in found] == wanted


async def test_a_long_queue_of_one_account_does_not_hide_anothers(house: House) -> None:
    trader = await house.trader()
    other = await house.elsewhere(trader)
    for _ in range(5):
        await house.queued(trader)
    lonely = await house.queued(other)

    found = await house.store.work.oldest_queued(trader.user, limit=3)

    assert lonely.id in [order.id for order in found]
    assert len(found) == 3


async def test_what_could_be_claimed_comes_first_in_the_backlog(house: House) -> None:
    trader = await house.trader()
    await unresolved(house, trader)
    blocked = await house.queued(trader)
    free = await house.queued(trader, symbol="ETHUSDT")

    found = await house.store.work.oldest_queued(trader.user, limit=10)

    assert [order.id for order in found] == [free.id, blocked.id]


async def test_a_wanted_cancel_is_found_until_it_is_sent(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)
    before = await house.store.work.wanted_cancels(trader.user, limit=10)

    await house.store.orders.note_cancel_sent(order.id, trader.lease)

    assert [each.id for each in before] == [order.id]
    assert await house.store.work.wanted_cancels(trader.user, limit=10) == []


async def test_a_cancel_without_effect_is_wanted_again_after_two_seconds(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)
    await house.store.orders.note_cancel_sent(order.id, trader.lease)
    await house.later(2)

    found = await house.store.work.wanted_cancels(trader.user, limit=10)

    assert [each.id for each in found] == [order.id]


async def test_a_cancel_that_stays_without_effect_is_wanted_less_and_less_often(
    house: House,
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)
    await house.later(10)
    await house.store.orders.note_cancel_sent(order.id, trader.lease)
    await house.later(5)

    assert await house.store.work.wanted_cancels(trader.user, limit=10) == []


async def test_orders_that_work_at_the_venue_are_found(house: House) -> None:
    trader = await house.trader()
    orders = [
        await house.in_state(trader, state)
        for state in (OrderState.ACCEPTED, OrderState.PARTIALLY_FILLED)
    ]
    await house.in_state(trader, OrderState.FILLED)

    found = await house.store.work.working(trader.user)

    assert [order.id for order in found] == [order.id for order in orders]


@pytest.mark.parametrize("state", [OrderState.FILLED, OrderState.CANCELLED, OrderState.EXPIRED])
async def test_order_is_untold_until_its_executions_are_written_down(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    told, late = a_fill(order, "0.5"), a_fill(order, "1")
    await house.settle(order, state, filled_quantity=Decimal("1.5"), fills=(told,))

    before = await house.store.work.untold(trader.user)
    await house.settle(order, state, filled_quantity=Decimal("1.5"), fills=(late,))
    after = await house.store.work.untold(trader.user)

    assert ([each.id for each in before], after) == ([order.id], [])


@pytest.mark.parametrize("state", sorted(set(OrderState) - {OrderState.FILLED}))
async def test_nothing_is_untold_of_what_works_or_never_filled(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    await house.in_state(trader, state)

    assert await house.store.work.untold(trader.user) == []


@pytest.mark.parametrize("state", sorted(set(OrderState) - {OrderState.FILLED}))
async def test_there_is_work_until_the_last_order_is_final(house: House, state: OrderState) -> None:
    trader = await house.trader()
    await house.in_state(trader, state)

    assert await house.store.work.has_work(trader.user) is (state not in FINAL)


async def test_there_is_work_while_executions_are_untold(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    before = await house.store.work.has_work(trader.user)
    told = a_fill(order, "1.5")
    await house.settle(order, OrderState.FILLED, filled_quantity=Decimal("1.5"), fills=(told,))

    assert (before, await house.store.work.has_work(trader.user)) == (True, False)


@pytest.mark.parametrize(("seconds", "is_work"), [(880, True), (910, False)])
async def test_what_stays_untold_is_work_for_a_quarter_of_an_hour(
    house: House, seconds: int, *, is_work: bool
) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.FILLED, filled_quantity=Decimal("1.5"))
    await house.later(seconds)

    found = {each.user_id for each in await house.store.relay.unattended(limit=1000)}
    assert await house.store.work.has_work(trader.user) is is_work
    assert (trader.user in found) is is_work


async def test_an_expiry_long_past_is_no_claimable_order(house: House) -> None:
    trader = await house.trader()
    late = await house.queued(trader, expires_at=house.clock.now() - timedelta(seconds=5))
    good = await house.queued(trader)

    found = await house.store.work.oldest_queued(trader.user, limit=10)

    assert [order.id for order in found] == [good.id, late.id]
