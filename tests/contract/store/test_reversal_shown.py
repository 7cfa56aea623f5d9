"""What is shown of a reversal: the fold of its legs, never the closing leg's own state alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState, Side
from handlers.records.orders import CancelAnswer, NextLeg
from handlers.records.reversal import ReversalStanding, reversal_of
from handlers.records.sizing_rules import Reverse
from handlers.records.views import Filter, Span

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.records.orders import Order
    from handlers.records.views import ShownOrder
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

S = OrderState
SECOND = NextLeg(side=Side.SELL, quantity=Decimal("2.50"))
ALL = Decimal("1.5")


async def closing(house: House, trader: Trader) -> Order:
    asked = {"sizing": Reverse(), "side": None, "quantity": None}
    return await house.sending(
        trader, asked=asked, side=Side.SELL, reduce_only=True, next_leg=SECOND
    )


async def opening(house: House, first: Order) -> Order:
    settled = await house.settle(first, S.FILLED, filled_quantity=ALL)
    assert settled.child is not None
    return await house.load(settled.child)


async def claimed(house: House, trader: Trader, second: Order) -> Order:
    claim = house.claim(trader, second, side=Side.SELL, frozen_quantity=Decimal("2.5"))
    await house.store.orders.claim(claim)
    return await house.load(second.id)


async def shown(house: House, order: Order) -> ShownOrder:
    detail = await house.store.queries.order(order.user_id, order.id)
    assert detail is not None
    where = Filter(order_id=order.id)
    [listed] = await house.store.queries.orders(order.user_id, where, Span())
    assert (listed.order, listed.reversal) == (detail.order, detail.reversal)
    return listed


async def standing(house: House, order: Order) -> tuple[OrderState, ReversalStanding]:
    whole = (await shown(house, order)).reversal
    assert whole is not None
    return whole.state, whole.standing


async def test_an_order_like_any_other_is_no_reversal(house: House) -> None:
    order = await house.queued(await house.trader())

    assert (await shown(house, order)).reversal is None


async def test_a_reversal_is_half_done_while_its_second_leg_waits(house: House) -> None:
    first = await closing(house, await house.trader())
    second = await opening(house, first)

    seen = await shown(house, first)

    assert seen.state is S.PARTIALLY_FILLED
    assert seen.reversal is not None
    assert [(leg.order_id, leg.state) for leg in seen.reversal.legs] == [
        (first.id, S.FILLED),
        (second.id, S.QUEUED),
    ]


async def test_a_rejected_second_leg_is_told_as_flat_not_flipped(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    second = await claimed(house, trader, await opening(house, first))
    await house.settle(second, S.REJECTED, error_code="insufficient_funds")

    whole = (await shown(house, first)).reversal

    assert whole is not None
    assert (whole.state, whole.standing) == (S.REJECTED, ReversalStanding.FLAT)
    assert whole.text == "Flat, not flipped: the opening order was rejected (insufficient_funds)."
    assert whole.error_code == "insufficient_funds"


async def test_a_rejected_first_leg_is_told_as_still_long(house: House) -> None:
    first = await closing(house, await house.trader())
    await house.settle(first, S.REJECTED, error_code="price_band")

    assert await standing(house, first) == (S.REJECTED, ReversalStanding.STILL_LONG)


async def test_a_reversal_is_filled_when_both_legs_are(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    second = await claimed(house, trader, await opening(house, first))
    await house.settle(second, S.FILLED, filled_quantity=Decimal("2.5"))

    assert await standing(house, first) == (S.FILLED, ReversalStanding.FLIPPED)


async def test_a_kill_switch_between_the_legs_is_told_as_denied(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=True
    )
    await house.settle(first, S.FILLED, filled_quantity=ALL)

    assert await standing(house, first) == (S.DENIED, ReversalStanding.FLAT)


async def test_a_close_that_was_complete_too_late_is_told_as_flat(house: House) -> None:
    first = await closing(house, await house.trader())
    await house.settle(first, S.CANCELLED, filled_quantity=Decimal(1))
    assert await standing(house, first) == (S.CANCELLED, ReversalStanding.STILL_LONG)

    await house.settle(first, S.CANCELLED, filled_quantity=ALL)

    assert await standing(house, first) == (S.CANCELLED, ReversalStanding.FLAT)


@pytest.mark.parametrize(
    "state",
    [S.ACCEPTED, S.PARTIALLY_FILLED, S.UNKNOWN, S.NEEDS_REVIEW, S.CANCELLED, S.FILLED],
)
async def test_lists_are_narrowed_by_the_state_that_is_shown(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    second = await claimed(house, trader, await opening(house, first))
    if state is S.NEEDS_REVIEW:
        await house.settle(second, S.UNKNOWN)
    filled = {S.FILLED: Decimal("2.5"), S.PARTIALLY_FILLED: Decimal(1)}.get(state)
    await house.settle(second, state, filled_quantity=filled)
    whole = reversal_of(await house.load(first.id), await house.load(second.id), None)
    assert whole is not None

    found: list[OrderId] = []
    for each in sorted(OrderState):
        where = Filter(state=each.value)
        page = await house.store.queries.orders(trader.user, where, Span())
        assert all(seen.state is each for seen in page)
        found += [seen.order.id for seen in page if each is whole.state]

    assert first.id in found


async def test_a_leg_that_moves_is_an_entry_of_its_reversal_too(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    second = await opening(house, first)
    before = (await house.store.streams.position(trader.user)).now

    await claimed(house, trader, second)

    news = await house.store.queries.stream_after(trader.user, before, limit=100)
    assert {(entry.kind, entry.object_id) for entry in news} == {
        ("order", second.id),
        ("order", first.id),
    }


async def test_a_cancel_of_a_closed_reversal_reaches_its_queued_leg(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    second = await opening(house, first)

    answer = await house.store.orders.request_cancel(trader.user, first.id)

    assert answer is CancelAnswer.CANCELLED
    assert (await house.load(second.id)).state is S.CANCELLED
    assert await standing(house, first) == (S.CANCELLED, ReversalStanding.FLAT)


async def test_a_cancel_of_a_closed_reversal_reaches_its_working_leg(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    second = await claimed(house, trader, await opening(house, first))
    await house.settle(second, S.ACCEPTED)

    answer = await house.store.orders.request_cancel(trader.user, first.id)

    assert answer is CancelAnswer.REQUESTED
    assert (await house.load(second.id)).cancel_requested_at is not None


async def test_a_reversal_that_is_over_cannot_be_cancelled(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    second = await claimed(house, trader, await opening(house, first))
    await house.settle(second, S.REJECTED)

    answer = await house.store.orders.request_cancel(trader.user, first.id)

    assert answer is CancelAnswer.ALREADY_FINAL
