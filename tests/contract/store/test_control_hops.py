"""What the control plane did about an order is kept with it, whichever record keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bus.ids import uuid7
from bus.values import OrderId
from handlers.records.control_hops import ControlHop, HopOutcome
from telemetry.stages import Stage
from tests.contract.store.house import TRACEPARENT

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio

OTHER_TRACE = f"00-{'1' * 32}-{'2' * 16}-01"


def a_look(house: House, after_s: float = 0, **fields: Any) -> ControlHop:
    """Make a look at an order, so long after now; times have the record's resolution."""
    at = house.clock.now() + timedelta(seconds=after_s)
    told: dict[str, Any] = {
        "id": uuid7(), "attempt": 1, "stage": Stage.ORDER_TASKS, "message": "verify_order",
        "destination": "order-tasks", "system": "valkey", "traceparent": TRACEPARENT,
        "sent_at": at - timedelta(seconds=30), "taken_at": at,
        "done_at": at + timedelta(milliseconds=2), "outcome": HopOutcome.DONE,
    }  # fmt: skip
    return ControlHop(**(told | fields))


def a_start(house: House, **fields: Any) -> ControlHop:
    """Make a start of the user's worker."""
    start: dict[str, Any] = {
        "stage": Stage.WORKER_CONTROL, "message": "start_worker", "destination": "worker-control",
    }  # fmt: skip
    return a_look(house, **(start | fields))


async def kept(house: House, order: Order) -> list[ControlHop]:
    trail = await house.store.watch.trail(order.id)
    assert trail is not None
    detail = await house.store.queries.order(order.user_id, order.id)
    assert detail is not None
    assert detail.hops == trail.hops
    return list(trail.hops)


async def test_hop_is_read_as_it_was_noted_by_observers_and_its_user(house: House) -> None:
    order = await house.queued(await house.trader())
    failed = a_look(house, outcome=HopOutcome.AGAIN, code="StoreUnavailableError")

    await house.store.upkeep.note_hop(order.user_id, order.id, failed)

    assert await kept(house, order) == [failed]


async def test_hop_that_is_noted_twice_is_one_and_another_try_is_another(house: House) -> None:
    order = await house.queued(await house.trader())
    hop = a_look(house)
    again = a_look(house, after_s=1, id=hop.id, attempt=2)

    for each in (hop, hop, again):
        await house.store.upkeep.note_hop(order.user_id, order.id, each)

    assert await kept(house, order) == [hop, again]


async def test_look_is_kept_with_its_order_alone(house: House) -> None:
    trader = await house.trader()
    order, other = await house.queued(trader), await house.queued(trader)

    await house.store.upkeep.note_hop(order.user_id, order.id, a_look(house))

    assert await kept(house, other) == []


async def test_start_is_kept_with_every_order_of_its_trace(house: House) -> None:
    trader = await house.trader()
    order, other = await house.queued(trader), await house.queued(trader)
    start = a_start(house)
    elsewhere = a_start(house, traceparent=OTHER_TRACE)

    await house.store.upkeep.note_hop(trader.user, None, start)
    await house.store.upkeep.note_hop(trader.user, order.id, elsewhere)

    assert {hop.id for hop in await kept(house, order)} == {start.id, elsewhere.id}
    assert await kept(house, other) == [start]


async def test_nothing_is_kept_with_another_user_s_order_or_an_unknown_one(house: House) -> None:
    order = await house.queued(await house.trader())
    stranger = await house.user()

    await house.store.upkeep.note_hop(stranger, order.id, a_look(house))
    await house.store.upkeep.note_hop(stranger, None, a_start(house))
    await house.store.upkeep.note_hop(order.user_id, OrderId(uuid7()), a_look(house))

    assert await kept(house, order) == []


async def test_order_keeps_its_newest_hundred(house: House) -> None:
    order = await house.queued(await house.trader())
    hops = [a_look(house, after_s=number) for number in range(103)]

    for hop in hops:
        await house.store.upkeep.note_hop(order.user_id, order.id, hop)

    assert await kept(house, order) == hops[3:]


async def test_look_brings_an_order_back_to_those_who_follow(house: House) -> None:
    order = await house.queued(await house.trader())
    later = house.clock.now() + timedelta(hours=1)
    look = a_look(house, after_s=7200)

    before = await house.store.watch.trails(after=later, waiting=(), limit=1000)
    await house.store.upkeep.note_hop(order.user_id, order.id, look)
    after = await house.store.watch.trails(after=later, waiting=(), limit=1000)

    assert order.id not in {trail.order_id for trail in before}
    [trail] = [trail for trail in after if trail.order_id == order.id]
    assert trail.last_at == look.done_at


async def test_finding_about_an_order_says_which_trace_it_belongs_to(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader, expires_at=house.clock.now() + timedelta(milliseconds=1))
    await house.later(11)

    found = await house.store.upkeep.order_findings(limit=100_000)

    assert {each.traceparent for each in found if each.order_id == order.id} == {TRACEPARENT}
