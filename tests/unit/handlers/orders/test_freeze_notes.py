"""What is noted of an order when it is fixed: that it ends sooner than it says."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from bus.values import OrderType, TimeInForce
from tests.builders import a_new_order
from tests.unit.handlers.orders.order_desks import a_bench

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("order_type", "time_in_force", "is_told"),
    [
        (OrderType.LIMIT, TimeInForce.GTC, True),
        (OrderType.LIMIT, TimeInForce.DAY, False),
        (OrderType.MARKET, TimeInForce.GTC, False),
    ],
)
async def test_order_that_ends_with_the_venue_s_day_is_told_so(
    order_type: OrderType, time_in_force: TimeInForce, *, is_told: bool
) -> None:
    bench = await a_bench()
    bench.broker.capabilities = msgspec.structs.replace(
        bench.broker.capabilities, keeps_overnight=False
    )
    price = Decimal(100) if order_type is OrderType.LIMIT else None
    new = msgspec.structs.replace(
        a_new_order(bench.account),
        order_type=order_type,
        limit_price=price,
        time_in_force=time_in_force,
    )
    order = await bench.queued(new)

    await bench.run(order)

    detail = await bench.store.queries.order(bench.desk.lease.user_id, order)
    assert detail is not None
    notes = [note for event in detail.events for note in event.evidence.get("notes", ())]
    assert any("overnight" in note for note in notes) is is_told
