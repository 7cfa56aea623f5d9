"""A reversal: the opening leg is recorded with the end of the closing leg, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState, Side
from handlers.records.orders import NextLeg
from handlers.records.sizing_rules import Fixed, Reverse
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

SECOND = NextLeg(side=Side.SELL, quantity=Decimal("2.50"))


async def closing(house: House, trader: Trader) -> Order:
    """Claim a reversal's first leg: sell 1.5 to be flat, then 2.5 more."""
    asked = {"sizing": Reverse(), "side": None, "quantity": None}
    return await house.sending(
        trader, asked=asked, side=Side.SELL, reduce_only=True, next_leg=SECOND
    )


async def last_evidence(house: House, order: Order) -> dict[str, object]:
    detail = await house.store.queries.order(order.user_id, order.id)
    assert detail is not None
    return detail.events[-1].evidence


async def test_a_filled_first_leg_queues_the_second(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)

    settled = await house.settle(
        first, OrderState.FILLED, fills=(a_fill(first, "1.5", side=Side.SELL),)
    )

    assert settled.child is not None
    second = await house.load(settled.child)
    assert (second.state, second.leg, second.parent_id) == (OrderState.QUEUED, 2, first.id)
    assert (second.side, second.quantity) == (Side.SELL, Decimal("2.50"))
    assert second.sizing == Fixed(side=Side.SELL, quantity=Decimal("2.50"))
    assert not second.reduce_only


async def test_the_second_leg_inherits_what_was_asked_for(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)

    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    assert settled.child is not None
    second = await house.load(settled.child)
    inherited = ("symbol", "mode", "order_type", "expires_at", "signal_id", "trace_id")
    assert [getattr(second, name) for name in inherited] == [
        getattr(first, name) for name in inherited
    ]


async def test_what_was_asked_after_a_reversal_comes_after_its_second_leg(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    later = await house.queued(trader)

    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    waiting = await house.store.work.oldest_queued(first.user_id, limit=10)
    assert [order.id for order in waiting] == [settled.child, later.id]


async def test_the_second_leg_has_a_client_id_of_its_own(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)

    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    assert settled.child is not None
    second = await house.load(settled.child)
    assert second.client_order_id != first.client_order_id
    assert second.client_order_id.isalnum()


async def test_the_second_leg_can_be_claimed_and_is_hinted(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))
    assert settled.child is not None

    await house.later(1)

    due = await house.store.relay.due(limit=1000)
    assert settled.child in [getattr(item.envelope.message, "order_id", None) for item in due]


async def test_the_second_legs_own_timeline_names_its_parent(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))
    assert settled.child is not None

    second = await house.load(settled.child)

    assert await house.stages(second) == ["edge_recorded"]
    assert await last_evidence(house, second) == {"parent": str(first.id)}


async def test_a_repeated_settlement_names_the_same_second_leg(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    said = house.settlement(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))
    settled = await house.store.orders.settle(said)

    again = await house.store.orders.settle(said)

    assert again.child == settled.child
    assert not again.has_changed


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REJECTED])
async def test_a_first_leg_that_did_not_fill_opens_nothing(house: House, state: OrderState) -> None:
    trader = await house.trader()
    first = await closing(house, trader)

    settled = await house.settle(first, state, filled_quantity=Decimal("0.5"))

    assert settled.child is None
    evidence = await last_evidence(house, first)
    assert evidence["no_second_leg"] == "first_leg_not_filled"


async def test_a_working_first_leg_opens_nothing_yet(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)

    settled = await house.settle(first, OrderState.PARTIALLY_FILLED, filled_quantity=Decimal(1))

    assert settled.child is None


async def test_a_first_leg_whose_cancel_is_wanted_opens_nothing(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    await house.store.orders.request_cancel(trader.user, first.id)

    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    assert settled.child is None
    assert (await last_evidence(house, first))["no_second_leg"] == "cancel_requested"


async def test_while_the_switch_is_engaged_a_first_leg_opens_nothing(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=True
    )

    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    assert settled.child is None
    assert (await last_evidence(house, first))["no_second_leg"] == "kill_switch_active"


async def test_an_unresolved_first_leg_found_filled_opens_the_second(house: House) -> None:
    trader = await house.trader()
    first = await closing(house, trader)
    await house.settle(first, OrderState.UNKNOWN)

    settled = await house.settle(first, OrderState.FILLED, filled_quantity=Decimal("1.5"))

    assert settled.child is not None
