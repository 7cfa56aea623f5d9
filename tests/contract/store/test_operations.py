"""What an operator sees of everybody, and nobody else, whichever record keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import OrderState, WorkerId
from handlers.records.latency import hop_times
from handlers.records.views import WorkerView
from telemetry.stages import Stage
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bus.values import UserId
    from handlers.records.trails import Operations
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


@pytest.fixture
def store_dsn() -> Iterator[str]:
    """A database for each test: a record's first user is its operator."""
    with fresh_database(template=migrated_template()) as dsn:
        yield dsn


async def test_operator_sees_everybodys_workers_and_hops(house: House) -> None:
    operator = await house.user()
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.REJECTED, error_code="insufficient_funds")
    worker = a_worker(house, trader)
    await house.store.workers.put(worker)
    trail = await house.store.watch.trail(order.id)
    assert trail is not None

    shown = await operations(house, operator)

    assert shown is not None
    assert worker.id in {each.id for each in shown.workers}
    assert shown.census.leases >= 1
    assert shown.measured >= 1
    counted = {hop.stage: hop.count for hop in shown.hops}
    assert all(counted[event.stage] >= 1 for event in trail.events[1:])
    assert [hop.stage for hop in shown.hops] == [each for each in Stage if each in counted]


async def test_hops_have_the_ranks_of_the_orders_that_moved_last(house: House) -> None:
    operator = await house.user()
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.REJECTED, error_code="insufficient_funds")
    trail = await house.store.watch.trail(order.id)
    assert trail is not None

    shown = await operations(house, operator, orders=1)

    assert shown is not None
    assert shown.measured == 1
    for got, expected in zip(shown.hops, hop_times([trail]), strict=True):
        assert (got.stage, got.count) == (expected.stage, expected.count)
        assert (got.p50_ms, got.p99_ms, got.max_ms) == pytest.approx(
            (expected.p50_ms, expected.p99_ms, expected.max_ms)
        )


async def test_no_more_workers_than_asked_those_seen_longest_ago_first(house: House) -> None:
    operator = await house.user()
    for _ in range(3):
        await house.store.workers.put(a_worker(house, await house.trader()))

    all_of_them = await operations(house, operator, workers=1000)
    two = await operations(house, operator, workers=2)

    assert all_of_them is not None
    assert two is not None
    assert two.workers == all_of_them.workers[:2]
    seen_at = [worker.last_seen_at for worker in all_of_them.workers]
    assert seen_at == sorted(seen_at)


async def test_a_trader_sees_none_of_it(house: House) -> None:
    await house.user()
    trader = await house.trader()

    assert await operations(house, trader.user) is None


def a_worker(house: House, trader: Trader) -> WorkerView:
    now = house.clock.now()
    return WorkerView(
        id=WorkerId(uuid7()),
        user_id=trader.user,
        state="active",
        epoch=trader.lease.epoch,
        pid=7,
        host="here",
        started_at=now,
        last_seen_at=now,
    )


async def operations(
    house: House, user: UserId, *, orders: int = 1000, workers: int = 1000
) -> Operations | None:
    after = house.clock.now() - timedelta(hours=1)
    return await house.store.watch.operations(user, after=after, orders=orders, workers=workers)
