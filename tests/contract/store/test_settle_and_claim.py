"""One commit that settles an order and claims the next: each half does what it does alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.records.orders import ClaimedOrder, NotClaimed, WhyNot
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def two(house: House) -> tuple[Trader, Order, Order]:
    """One order on its way, one queued behind it, of the same account and symbol."""
    trader = await house.trader()
    first = await house.sending(trader)
    return trader, first, await house.queued(trader)


async def test_both_are_done(house: House) -> None:
    trader, first, second = await two(house)
    said = house.settlement(first, OrderState.FILLED, fills=(a_fill(first, "1.5"),))

    settled, answer = await house.store.orders.settle_and_claim(said, house.claim(trader, second))

    assert (settled.state, settled.has_changed) == (OrderState.FILLED, True)
    assert isinstance(answer, ClaimedOrder)
    assert answer.order == await house.load(second.id)
    assert (answer.order.state, answer.order.attempts) == (OrderState.SENDING, 1)
    assert (await house.load(first.id)).state is OrderState.FILLED


async def test_an_outcome_in_doubt_holds_the_next_back(house: House) -> None:
    trader, first, second = await two(house)
    said = house.settlement(first, OrderState.UNKNOWN)

    settled, answer = await house.store.orders.settle_and_claim(said, house.claim(trader, second))

    assert settled.state is OrderState.UNKNOWN
    assert answer == NotClaimed(why=WhyNot.BLOCKED)
    assert (await house.load(second.id)).state is OrderState.QUEUED


async def test_an_order_that_goes_back_goes_first(house: House) -> None:
    trader, first, second = await two(house)
    said = house.settlement(first, OrderState.QUEUED)

    _, answer = await house.store.orders.settle_and_claim(said, house.claim(trader, second))

    assert answer == NotClaimed(why=WhyNot.BEHIND, ahead=first.id)


async def test_what_cannot_be_claimed_is_settled_all_the_same(house: House) -> None:
    trader, first, second = await two(house)
    gone = msgspec.structs.replace(house.claim(trader, second), order_id=OrderId(uuid7()))

    settled, answer = await house.store.orders.settle_and_claim(
        house.settlement(first, OrderState.REJECTED), gone
    )

    assert settled.state is OrderState.REJECTED
    assert answer == NotClaimed(why=WhyNot.GONE)


async def test_the_switch_stops_the_next_one_alone(house: House) -> None:
    trader, first, second = await two(house)
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=True
    )
    exit_ = await house.queued(trader, reduce_only=True)

    settled, answer = await house.store.orders.settle_and_claim(
        house.settlement(first, OrderState.FILLED), house.claim(trader, second)
    )
    _, allowed = await house.store.orders.settle_and_claim(
        house.settlement(first, OrderState.FILLED), house.claim(trader, exit_)
    )

    assert settled.state is OrderState.FILLED
    assert answer == NotClaimed(why=WhyNot.GONE)
    assert isinstance(allowed, ClaimedOrder)


async def test_some_orders_are_read_at_once(house: House) -> None:
    trader, first, second = await two(house)
    del trader

    found = await house.store.orders.load_some([second.id, first.id, OrderId(uuid7())])

    assert {order.id for order in found} == {first.id, second.id}
    assert {order.state for order in found} == {OrderState.SENDING, OrderState.QUEUED}
