"""Orders that came to a venue are looked after; whoever crashed, somebody asks for the look."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from bus.base import Destination
from bus.errors import TransportUnavailableError
from bus.messages import StartWorker, VerifyOrder
from bus.values import OrderState
from edge.relay import attend, look_after
from handlers.records.orders import Claim, Settlement
from tests.builders import a_worker
from tests.unit.edge.house import a_house, an_alert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from handlers.records.orders import Order
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """An edge whose own relay stands still, so that a test runs it."""

    async def stand_still(_ports: Any) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr("edge.application.run_relay", stand_still)
    async with a_house() as opened:
        yield opened


async def work_an_order(house: House) -> Order:
    """Send an alert and have a worker bring its order to the venue, then die."""
    await house.alert(an_alert())
    store = house.ports.store
    [found] = await store.work.oldest_queued(house.user, limit=1)
    lease = await store.leases.take(house.user, a_worker())
    assert lease is not None
    assert found.side is not None
    assert found.quantity is not None
    claim = Claim(
        order_id=found.id,
        lease=lease,
        side=found.side,
        frozen_quantity=found.quantity,
        reduce_only=False,
    )
    await store.orders.claim(claim)
    await store.orders.settle(
        Settlement(
            order_id=found.id, state=OrderState.ACCEPTED, epoch=lease.epoch, actor="worker:test"
        )
    )
    return found


async def test_worker_for_an_order_at_a_venue_is_asked_for_in_its_trace(house: House) -> None:
    order = await work_an_order(house)
    # The alert asked for a worker as well.
    await house.next_start()
    house.clock.go_on(timedelta(seconds=16))

    assert await attend(house.ports) == 1

    envelope = await house.next_start()
    assert isinstance(envelope.message, StartWorker)
    assert (envelope.message.cause, envelope.traceparent) == (order.id, order.traceparent)


async def test_an_order_that_works_is_looked_at_half_a_minute_later(house: House) -> None:
    order = await work_an_order(house)

    await look_after(house.ports)

    envelope = await house.next_of(Destination.ORDER_TASKS)
    assert envelope.message == VerifyOrder(
        user_id=house.user, order_id=order.id, account_id=order.account_id, attempt=1
    )
    assert envelope.traceparent == order.traceparent


async def test_a_look_is_asked_for_once(house: House) -> None:
    await work_an_order(house)

    assert [await look_after(house.ports) for _ in range(2)] == [1, 0]


async def test_a_queued_order_is_nothing_to_look_after(house: House) -> None:
    await house.alert(an_alert())

    assert await look_after(house.ports) == 0


async def test_a_look_that_the_bus_lost_is_asked_for_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise TransportUnavailableError

    await work_an_order(house)
    with monkeypatch.context() as patched:
        patched.setattr(house.ports.bus.publisher, "publish", away)
        with pytest.raises(TransportUnavailableError):
            await look_after(house.ports)
    house.clock.go_on(timedelta(minutes=3))

    assert await look_after(house.ports) == 1
    message = (await house.next_of(Destination.ORDER_TASKS)).message
    assert isinstance(message, VerifyOrder)
    assert message.attempt == 2
