from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import NotFound, Unknown
from broker_adapters.errors import BrokerUnavailableError
from bus.values import OrderState
from handlers.orders.reconcile import leave_for_review, look, ref_of, resolve
from tests.unit.handlers.orders.order_desks import Bench, a_bench

if TYPE_CHECKING:
    from handlers.records.orders import Order

pytestmark = pytest.mark.anyio


async def an_unknown_order(bench: Bench) -> Order:
    order = await bench.queued()
    bench.broker.answers.append(Unknown(why="no answer"))
    await bench.run(order)
    return await bench.read(order)


async def test_order_the_venue_has_is_settled_as_the_venue_says() -> None:
    bench = await a_bench()
    order = await an_unknown_order(bench)
    ref = ref_of(order)
    assert ref is not None
    bench.broker.finds.append(bench.broker.report(ref, OrderState.FILLED, filled=Decimal(1)))

    assert await look(order, bench.desk, may_conclude=False) is OrderState.FILLED


async def test_not_found_before_the_settle_time_proves_nothing() -> None:
    bench = await a_bench()
    order = await an_unknown_order(bench)
    bench.broker.finds.append(NotFound())

    assert await look(order, bench.desk, may_conclude=False) is None
    assert (await bench.read(order.id)).state is OrderState.UNKNOWN


async def test_not_found_after_the_settle_time_is_not_placed_where_the_venue_proves_it() -> None:
    bench = await a_bench(can_prove_absence=True)
    order = await an_unknown_order(bench)
    bench.clock.go_on(timedelta(seconds=10))

    assert await look(order, bench.desk, may_conclude=True) is OrderState.NOT_PLACED


async def test_not_found_after_the_settle_time_needs_review_where_nothing_proves_it() -> None:
    bench = await a_bench(can_prove_absence=False)
    order = await an_unknown_order(bench)

    assert await look(order, bench.desk, may_conclude=True) is OrderState.NEEDS_REVIEW


async def test_late_discovery_wins_over_needs_review() -> None:
    bench = await a_bench(can_prove_absence=False)
    order = await an_unknown_order(bench)
    await look(order, bench.desk, may_conclude=True)
    reviewed = await bench.read(order.id)
    ref = ref_of(reviewed)
    assert ref is not None
    bench.broker.finds.append(bench.broker.report(ref, OrderState.FILLED, filled=Decimal(1)))

    assert await look(reviewed, bench.desk, may_conclude=True) is OrderState.FILLED


@pytest.mark.parametrize("trouble", [Unknown(why="503"), BrokerUnavailableError("down")])
async def test_venue_that_cannot_say_concludes_nothing(
    trouble: Unknown | BrokerUnavailableError,
) -> None:
    bench = await a_bench()
    order = await an_unknown_order(bench)
    bench.broker.finds.append(trouble)

    assert await look(order, bench.desk, may_conclude=True) is None


async def test_looking_never_sends() -> None:
    bench = await a_bench()
    order = await an_unknown_order(bench)

    await look(order, bench.desk, may_conclude=True)

    assert len(bench.broker.sent) == 1


async def test_an_order_whose_venue_cannot_be_asked_is_left_for_review() -> None:
    bench = await a_bench()
    order = await an_unknown_order(bench)

    state = await leave_for_review(order.id, bench.desk.orders, bench.desk.lease)

    reviewed = await bench.read(order.id)
    assert state is reviewed.state is OrderState.NEEDS_REVIEW
    assert reviewed.error_code == "needs_review"
    assert bench.broker.looked == []


async def test_an_order_that_was_found_meanwhile_is_not_left_for_review() -> None:
    bench = await a_bench()
    order = await an_unknown_order(bench)
    ref = ref_of(order)
    assert ref is not None
    bench.broker.finds.append(bench.broker.report(ref, OrderState.FILLED, filled=Decimal(1)))
    await look(order, bench.desk, may_conclude=False)
    before = await bench.store.queries.order(order.user_id, order.id)

    state = await leave_for_review(order.id, bench.desk.orders, bench.desk.lease)

    assert state is OrderState.FILLED
    assert await bench.store.queries.order(order.user_id, order.id) == before


async def test_a_proof_of_absence_ends_a_review() -> None:
    bench = await a_bench(can_prove_absence=True)
    order = await an_unknown_order(bench)
    await leave_for_review(order.id, bench.desk.orders, bench.desk.lease)
    reviewed = await bench.read(order.id)

    assert await look(reviewed, bench.desk, may_conclude=True) is OrderState.NOT_PLACED


async def test_an_absence_that_proves_nothing_leaves_a_review_as_it_is() -> None:
    bench = await a_bench(can_prove_absence=False)
    order = await an_unknown_order(bench)
    await leave_for_review(order.id, bench.desk.orders, bench.desk.lease)
    reviewed = await bench.read(order.id)

    assert await look(reviewed, bench.desk, may_conclude=True) is None


async def test_the_settle_time_counts_from_before_the_session() -> None:
    bench = await a_bench(can_prove_absence=True)
    order = await an_unknown_order(bench)
    long_ago = bench.clock.monotonic() - 10

    assert await resolve(order, bench.desk, since=long_ago) is OrderState.NOT_PLACED
    assert len(bench.broker.looked) == 1
