"""Bringing an order to its venue, as a worker does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from bus.values import OrderId, OrderState, Side
from handlers.records.orders import Claim, ClaimedOrder, Settlement
from tests.builders import a_worker
from tests.unit.edge.house import an_alert

if TYPE_CHECKING:
    from bus.values import WorkerId
    from tests.unit.edge.house import House


async def send(house: House, *, worker: WorkerId | None = None) -> OrderId:
    """Send an alert and claim its order: it is `sending`."""
    order_id = OrderId(UUID((await house.alert(an_alert())).json()["orders"][0]["id"]))
    store = house.ports.store
    lease = await store.leases.take(house.user, worker or a_worker())
    order = await store.orders.load(order_id)
    assert lease is not None
    assert order is not None
    assert order.quantity is not None
    claimed = await store.orders.claim(
        Claim(
            order_id=order_id,
            lease=lease,
            side=Side.BUY,
            frozen_quantity=order.quantity,
            reduce_only=False,
        )
    )
    assert isinstance(claimed, ClaimedOrder)
    return order_id


async def bring_to_venue(house: House) -> OrderId:
    """Send an alert and have its order accepted."""
    order_id = await send(house)
    await house.ports.store.orders.settle(
        Settlement(
            order_id=order_id,
            state=OrderState.ACCEPTED,
            epoch=1,
            actor="test",
            broker_order_id="b1",
        )
    )
    return order_id
