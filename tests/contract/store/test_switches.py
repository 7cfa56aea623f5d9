"""The kill switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import OrderState, UserId
from handlers.errors import NotFoundError

if TYPE_CHECKING:
    from handlers.records.orders import SwitchChange
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def change(
    house: House,
    trader: Trader,
    *,
    engaged: bool = True,
    cancel_working: bool = False,
    allow_exits: bool = False,
) -> SwitchChange:
    return await house.store.switches.change(
        trader.user, engaged=engaged, cancel_working=cancel_working, allow_exits=allow_exits
    )


async def test_a_new_users_switch_is_off(house: House) -> None:
    trader = await house.trader()

    switch = await house.store.switches.read(trader.user)

    assert (switch.is_engaged, switch.allows_exits, switch.since) == (False, False, None)


async def test_engaging_is_read_back(house: House) -> None:
    trader = await house.trader()

    changed = await change(house, trader, allow_exits=True)

    assert changed.switch.is_engaged
    assert changed.switch.allows_exits
    assert changed.switch.since is not None
    assert await house.store.switches.read(trader.user) == changed.switch


async def test_engaging_twice_keeps_since_when(house: House) -> None:
    trader = await house.trader()
    first = await change(house, trader)

    second = await change(house, trader, allow_exits=True)

    assert second.switch.since == first.switch.since


async def test_engaging_denies_what_is_queued(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    changed = await change(house, trader)

    assert changed.denied == (order.id,)
    kept = await house.load(order.id)
    assert (kept.state, kept.error_code) == (OrderState.DENIED, "kill_switch_active")


async def test_queued_exits_stay_where_they_are_allowed(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader, reduce_only=True)

    changed = await change(house, trader, allow_exits=True)

    assert changed.denied == ()
    assert (await house.load(order.id)).state is OrderState.QUEUED


async def test_queued_exits_are_denied_where_they_are_not_allowed(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader, reduce_only=True)

    assert (await change(house, trader)).denied == (order.id,)


async def test_working_orders_are_cancelled_if_that_is_wanted(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)

    changed = await change(house, trader, cancel_working=True)

    assert changed.to_cancel == ((order.id, trader.account.id),)
    assert (await house.load(order.id)).cancel_requested_at is not None


async def test_working_orders_are_left_if_that_is_not_wanted(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)

    assert (await change(house, trader)).to_cancel == ()
    assert (await house.load(order.id)).cancel_requested_at is None


async def test_releasing_denies_nothing(house: House) -> None:
    trader = await house.trader()
    await change(house, trader, allow_exits=True)
    order = await house.queued(trader, reduce_only=True)

    changed = await change(house, trader, engaged=False)

    assert not changed.switch.is_engaged
    assert changed.denied == ()
    assert (await house.load(order.id)).state is OrderState.QUEUED


async def test_nobody_elses_orders_are_touched(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = await house.queued(other)

    await change(house, trader)

    assert (await house.load(order.id)).state is OrderState.QUEUED


async def test_a_send_under_way_is_in_flight_until_its_time_is_over(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    under_way = await house.store.switches.in_flight(trader.user)
    await house.later(2)

    assert list(under_way) == [(order.id, order.send_by)]
    assert await house.store.switches.in_flight(trader.user) == []


async def test_a_settled_send_is_not_in_flight(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.ACCEPTED)

    assert await house.store.switches.in_flight(trader.user) == []


async def test_nobodys_switch_is_not_found(house: House) -> None:
    with pytest.raises(NotFoundError):
        await house.store.switches.read(UserId(uuid7()))


async def test_a_change_comes_into_the_stream(house: House) -> None:
    trader = await house.trader()
    await change(house, trader)

    [entry] = await house.store.queries.stream_after(trader.user, 0, limit=10)

    assert (entry.kind, entry.object_id) == ("switch", trader.user)


async def test_a_send_whose_outcome_is_unknown_is_in_flight_too(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.UNKNOWN)

    under_way = await house.store.switches.in_flight(trader.user)

    assert [order_id for order_id, _ in under_way] == [order.id]
