"""What observers read, whichever record keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState, WorkerId
from handlers.records.alerts import SignalOutcome
from telemetry.stages import Stage
from tests.contract.store.comparing import DIFFERS, a_days_trader, at_work, compared
from tests.contract.store.house import TRACE_ID, TRACEPARENT

if TYPE_CHECKING:
    from collections.abc import Collection

    from handlers.records.trails import Trail
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio

ALL = 100_000


async def seen(house: House, *, waiting: Collection[OrderId] = ()) -> dict[OrderId, Trail]:
    after = house.clock.now() - timedelta(hours=1)
    trails = await house.store.watch.trails(after=after, waiting=waiting, limit=ALL)
    return {trail.order_id: trail for trail in trails}


async def test_way_of_an_order_is_whole_and_in_order(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.REJECTED, error_code="insufficient_funds")

    trail = (await seen(house))[order.id]

    assert [event.n for event in trail.events] == list(range(1, len(trail.events) + 1))
    assert [event.to_state for event in trail.events if event.to_state] == [
        OrderState.QUEUED,
        OrderState.SENDING,
        OrderState.REJECTED,
    ]
    assert trail.events[-1].stage is Stage.SETTLED
    assert (trail.state, trail.error_code) == (OrderState.REJECTED, "insufficient_funds")
    assert (trail.trace_id, trail.traceparent) == (TRACE_ID, TRACEPARENT)
    assert (trail.broker, trail.symbol) == ("paper", "BTCUSDT")
    assert trail == await house.store.watch.trail(order.id)


async def test_those_that_rested_longest_come_first_and_no_more_than_asked(house: House) -> None:
    trader = await house.trader()
    orders = [await house.queued(trader) for _ in range(3)]
    after = house.clock.now() - timedelta(hours=1)

    trails = await house.store.watch.trails(after=after, waiting=(), limit=ALL)

    assert [trail.last_at for trail in trails] == sorted(trail.last_at for trail in trails)
    assert {order.id for order in orders} <= {trail.order_id for trail in trails}
    assert len(await house.store.watch.trails(after=after, waiting=(), limit=2)) == 2


async def test_what_is_waited_for_comes_although_nothing_happened_to_it(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    unknown = OrderId(uuid7())
    later = house.clock.now() + timedelta(hours=1)

    trails = await house.store.watch.trails(after=later, waiting=(order.id, unknown), limit=ALL)

    assert [trail.order_id for trail in trails] == [order.id]
    twice = await seen(house, waiting=(order.id,))
    assert order.id in twice


async def test_nobody_knows_an_unknown_order(house: House) -> None:
    assert await house.store.watch.trail(OrderId(uuid7())) is None


async def test_census_counts_what_is_not_over(house: House) -> None:
    before = await house.store.watch.census()
    trader = await house.trader()
    for state in (OrderState.QUEUED, OrderState.UNKNOWN, OrderState.FILLED):
        await house.in_state(await house.elsewhere(trader), state)

    after = await house.store.watch.census()

    def grown(state: OrderState) -> int:
        return after.orders.get(state, 0) - before.orders.get(state, 0)

    assert [grown(state) for state in (OrderState.QUEUED, OrderState.UNKNOWN)] == [1, 1]
    assert OrderState.FILLED not in after.orders
    assert after.leases == before.leases + 1
    assert after.unsent > before.unsent
    assert set(after.oldest) <= {"queued", "unknown", "needs_review"}
    assert after.oldest["queued"] >= 0


async def test_census_counts_leases_that_were_not_given_back(house: House) -> None:
    before = (await house.store.watch.census()).taken_over
    trader, other = await house.trader(), await house.trader()
    await house.later(16)
    assert await house.store.leases.take(trader.user, WorkerId(uuid7()))
    await house.store.leases.release(other.lease)
    assert await house.store.leases.take(other.user, WorkerId(uuid7()))

    assert (await house.store.watch.census()).taken_over == before + 1


async def test_census_counts_what_comparisons_came_to(house: House) -> None:
    made = [await a_days_trader(house) for _ in range(3)]
    traders = [await at_work(house, each) for each in made]
    before = await house.store.watch.census()
    await house.store.comparisons.due(limit=ALL)
    asked = await house.store.watch.census()
    await compared(house, traders[0], found_fills=2)
    differs = await compared(house, traders[1], differences=(DIFFERS,))
    after = await house.store.watch.census()
    await house.store.comparisons.acknowledge(traders[1].user, traders[1].account.id, differs.at)

    assert asked.comparisons.get("asked", 0) >= before.comparisons.get("asked", 0) + 3
    assert after.comparisons.get("done", 0) == before.comparisons.get("done", 0) + 2
    assert after.found_fills == before.found_fills + 2
    assert after.differing == before.differing + 1
    assert (await house.store.watch.census()).differing == before.differing


async def test_lease_of_the_dead_counts_once_although_another_worker_takes_it_then(
    house: House,
) -> None:
    before = (await house.store.watch.census()).taken_over
    trader = await house.trader()

    for _ in range(2):
        await house.store.leases.end(trader.lease)
    assert await house.store.leases.take(trader.user, WorkerId(uuid7()))

    assert (await house.store.watch.census()).taken_over == before + 1


async def test_lease_that_was_given_back_counts_as_no_dead_one_s(house: House) -> None:
    before = (await house.store.watch.census()).taken_over
    trader = await house.trader()

    await house.store.leases.release(trader.lease)
    await house.store.leases.end(trader.lease)

    assert (await house.store.watch.census()).taken_over == before


async def test_alerts_are_counted_by_what_they_came_to(house: House) -> None:
    trader = await house.trader()
    at = house.clock.now() + timedelta(days=3)
    for fields in (
        {"outcome": SignalOutcome.REFUSED, "code": "stale"},
        {"outcome": SignalOutcome.REFUSED, "code": "stale"},
        {"outcome": SignalOutcome.REFUSED, "code": "bad_json"},
    ):
        signal = house.signal(trader, received_at=at, dedupe=None, **fields)
        await house.store.signals.record(signal)
    second = timedelta(seconds=1)

    counts = await house.store.watch.alerts(after=at - second, until=at)

    assert {(each.outcome, each.code): each.count for each in counts} == {
        ("refused", "stale"): 2,
        ("refused", "bad_json"): 1,
    }
    assert await house.store.watch.alerts(after=at, until=at + second) == []
