"""What the relay finds: commands whose hint was lost, and orders whose time is over."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.envelope import as_ns
from bus.messages import CancelOrder, ExecuteOrder
from bus.values import OrderState
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.records.orders import Order, OutboxItem
    from handlers.records.upkeep import OrderFinding
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def due(house: House, order: Order) -> list[OutboxItem]:
    """Take what is due and return what concerns this order; others' tests share the database."""
    taken = await house.store.relay.due(limit=1000)
    return [item for item in taken if getattr(item.envelope.message, "order_id", 0) == order.id]


async def test_a_fresh_order_is_left_to_its_own_hint(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    assert await due(house, order) == []


async def test_an_order_never_hinted_is_due_after_a_second(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(1)

    [item] = await due(house, order)

    assert item.attempt == 1
    assert item.envelope.message == ExecuteOrder(
        user_id=trader.user, order_id=order.id, account_id=trader.account.id
    )


async def test_a_hint_carries_the_orders_trace_and_its_end(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(1)

    [item] = await due(house, order)

    assert item.envelope.traceparent == order.traceparent
    assert item.envelope.group == str(trader.user)
    expires_at = (await house.load(order.id)).expires_at
    assert item.envelope.deadline_ns == as_ns(expires_at)


async def test_a_hinted_order_is_left_alone_for_two_seconds(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.store.signals.mark_hinted([order.id])

    await house.later(1.5)
    before = await due(house, order)
    await house.later(0.5)

    assert before == []
    assert len(await due(house, order)) == 1


async def test_what_was_taken_counts_as_hinted(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(1)
    await due(house, order)

    assert await due(house, order) == []


async def test_each_attempt_has_a_dedup_id_of_its_own(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    dedup_ids: list[str] = []

    for _ in range(3):
        await house.later(2)
        dedup_ids += [item.envelope.dedup_id for item in await due(house, order)]

    assert dedup_ids == [f"execute:{order.id}:{n}" for n in (1, 2, 3)]


async def test_a_claimed_order_is_not_due(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.later(3)

    assert await due(house, order) == []


async def test_an_unsent_order_is_due_again_after_two_seconds(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await due(house, order)
    await house.settle(order, OrderState.QUEUED)

    early = await due(house, order)
    await house.later(2)

    assert early == []
    assert len(await due(house, order)) == 1


async def test_a_denied_order_is_not_due(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader, denied_code="max_position")
    await house.later(3)

    assert await due(house, order) == []


async def test_a_wanted_cancel_is_due_after_a_second(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await due(house, order)
    await house.store.orders.request_cancel(trader.user, order.id)
    await house.later(1)

    [item] = await due(house, order)

    assert item.envelope.message == CancelOrder(
        user_id=trader.user, order_id=order.id, account_id=trader.account.id
    )
    assert item.envelope.dedup_id == f"cancel:{order.id}:1"


async def test_a_cancel_that_was_sent_is_left_alone_for_two_seconds(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)
    await house.later(1)
    await house.store.orders.note_cancel_sent(order.id, trader.lease)

    assert await due(house, order) == []


async def test_a_cancelled_orders_cancel_is_not_due(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    await house.store.orders.request_cancel(trader.user, order.id)
    await house.settle(order, OrderState.CANCELLED)
    await house.later(3)

    assert await due(house, order) == []


async def test_no_more_is_taken_than_asked_for(house: House) -> None:
    trader = await house.trader()
    for _ in range(3):
        await house.queued(trader)
    await house.later(1)

    assert len(await house.store.relay.due(limit=2)) == 2


async def test_overdue_orders_expire_whoevers_they_are(house: House) -> None:
    one, two = await house.trader(), await house.trader()
    orders = [await house.queued(trader) for trader in (one, two)]
    await house.later(60)

    expired = await house.store.relay.expire_overdue(limit=1000)

    assert {order.id for order in orders} <= {order.id for order in expired}
    assert {order.state for order in expired} == {OrderState.EXPIRED}
    assert (await house.load(orders[0].id)).state is OrderState.EXPIRED


async def test_an_order_in_time_does_not_expire(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(59)

    await house.store.relay.expire_overdue(limit=1000)

    assert (await house.load(order.id)).state is OrderState.QUEUED


async def unattended(house: House) -> Sequence[OrderFinding]:
    return await house.store.relay.unattended(limit=1000)


async def test_a_user_with_an_order_at_a_venue_and_no_lease_is_unattended(house: House) -> None:
    trader = await house.trader()
    first = await house.sending(trader)
    await house.sending(trader)
    await house.store.leases.release(trader.lease)

    [found] = [each for each in await unattended(house) if each.user_id == trader.user]
    assert (found.order_id, found.traceparent) == (first.id, first.traceparent)


async def test_a_user_whose_executions_are_untold_is_unattended_until_they_are(
    house: House,
) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.FILLED, filled_quantity=Decimal("1.5"))
    await house.store.leases.release(trader.lease)

    before = [each.order_id for each in await unattended(house) if each.user_id == trader.user]
    await house.settle(
        order, OrderState.FILLED, filled_quantity=Decimal("1.5"), fills=(a_fill(order, "1.5"),)
    )
    after = [each.order_id for each in await unattended(house) if each.user_id == trader.user]

    assert (before, after) == ([order.id], [])


async def test_a_user_whose_lease_runs_is_attended(house: House) -> None:
    trader = await house.trader()
    await house.sending(trader)

    assert trader.user not in {each.user_id for each in await unattended(house)}


async def test_a_user_whose_orders_are_only_queued_is_left_to_the_outbox(house: House) -> None:
    trader = await house.trader()
    await house.queued(trader)
    await house.store.leases.release(trader.lease)

    assert trader.user not in {each.user_id for each in await unattended(house)}
