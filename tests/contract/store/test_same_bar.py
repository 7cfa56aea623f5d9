"""Changing places in the queue: only two waiting orders of one bar may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState, WorkerId
from handlers.records.orders import ClaimedOrder, NotClaimed, WhyNot

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def two(house: House, trader: Trader, **fields: Any) -> tuple[Order, Order]:
    """Record two orders in one go, so that they are of one bar on the slowest machine."""
    orders = house.order(trader), house.order(trader, **fields)
    await house.store.signals.record(house.signal(trader, *orders))
    return await house.load(orders[0].id), await house.load(orders[1].id)


async def test_a_sibling_takes_the_place_of_the_order_before_it(house: House) -> None:
    trader = await house.trader()
    earlier, later = await two(house, trader)

    assert await house.store.work.pass_sibling(later.id, earlier.id, trader.lease)

    assert (await house.load(later.id)).seq == earlier.seq
    assert (await house.load(earlier.id)).seq == later.seq


async def test_what_passed_is_claimed_first(house: House) -> None:
    trader = await house.trader()
    earlier, later = await two(house, trader)
    await house.store.work.pass_sibling(later.id, earlier.id, trader.lease)

    behind = await house.store.orders.claim(house.claim(trader, earlier))
    first = await house.store.orders.claim(house.claim(trader, later))

    assert behind == NotClaimed(why=WhyNot.BEHIND, ahead=later.id)
    assert isinstance(first, ClaimedOrder)


async def test_passing_twice_changes_nothing_more(house: House) -> None:
    trader = await house.trader()
    earlier, later = await two(house, trader)
    await house.store.work.pass_sibling(later.id, earlier.id, trader.lease)

    assert not await house.store.work.pass_sibling(later.id, earlier.id, trader.lease)
    assert (await house.load(later.id)).seq == earlier.seq


async def test_an_order_of_another_symbol_is_not_passed(house: House) -> None:
    trader = await house.trader()
    earlier, later = await two(house, trader, symbol="ETHUSDT")

    assert not await house.store.work.pass_sibling(later.id, earlier.id, trader.lease)


async def test_an_order_of_another_strategy_is_not_passed(house: House) -> None:
    trader = await house.trader()
    strategy, _ = await house.strategy(trader.user, trader.account)
    earlier = await house.queued(trader)
    asked = house.order(trader)
    await house.store.signals.record(house.signal(trader, asked, strategy_id=strategy.id))

    assert not await house.store.work.pass_sibling(asked.id, earlier.id, trader.lease)


async def test_an_order_that_is_sent_is_not_passed(house: House) -> None:
    trader = await house.trader()
    earlier, later = await two(house, trader)
    claimed = await house.store.orders.claim(house.claim(trader, earlier))
    assert isinstance(claimed, ClaimedOrder)

    assert not await house.store.work.pass_sibling(later.id, earlier.id, trader.lease)
    assert (await house.load(earlier.id)).state is OrderState.SENDING


async def test_without_the_lease_nothing_changes_places(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    earlier, later = await two(house, trader)
    await house.store.leases.release(trader.lease)
    stolen = await house.store.leases.take(trader.user, WorkerId(uuid7()))

    assert stolen is not None
    for lease in (trader.lease, other.lease):
        assert not await house.store.work.pass_sibling(later.id, earlier.id, lease)


async def test_what_is_not_there_passes_nothing(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    assert not await house.store.work.pass_sibling(OrderId(uuid7()), order.id, trader.lease)
    assert not await house.store.work.pass_sibling(order.id, OrderId(uuid7()), trader.lease)
