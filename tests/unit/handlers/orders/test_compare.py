"""What a venue has of an account is compared with the record, and nothing false is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from broker_adapters.errors import BrokerUnavailableError
from bus.values import OrderState
from handlers.orders.compare import compare
from handlers.orders.reconcile import look
from handlers.records.comparison import OrderDiffers, PositionDiffers
from tests.unit.handlers.orders.compared import (
    a_compared_bench,
    a_traded_order,
    a_working_order,
    all_of,
    an_unknown_order,
    asked,
    compared,
    fill_unheard,
    list_as,
    pass_time,
    state_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.base import Position

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def test_a_venue_that_agrees_differs_in_nothing() -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    bench.broker.hold("BTCUSDT", "1")

    found = await compared(bench)

    assert (found.differences, found.unsettled, found.positions) == ((), (), 1)


async def test_a_fill_that_stream_and_look_up_both_lost_is_found() -> None:
    bench = await a_compared_bench()
    order = await a_working_order(bench)
    await fill_unheard(bench, order)

    found = await compared(bench)

    assert await state_of(bench, order) == (OrderState.FILLED, Decimal(1))
    assert (found.found_fills, found.fills, found.differences) == (1, 1, ())


async def test_a_fill_that_was_heard_of_counts_once() -> None:
    bench = await a_compared_bench()
    order = await a_traded_order(bench)
    await fill_unheard(bench, order)
    before = await all_of(bench, order)

    found = await compared(bench)

    assert await all_of(bench, order) == before
    assert (found.found_fills, found.fills) == (0, 1)


async def test_a_fill_of_this_moment_was_not_missed_by_anybody() -> None:
    bench = await a_compared_bench()
    order = await a_working_order(bench)
    await asked(bench)
    await fill_unheard(bench, order)

    found = await compare(bench.desk, bench.store.comparisons)

    assert found is not None
    assert (found.found_fills, found.fills) == (0, 1)


@pytest.mark.parametrize(
    ("proves", "before"), [(True, OrderState.NOT_PLACED), (False, OrderState.NEEDS_REVIEW)]
)
async def test_an_order_that_lives_at_the_venue_after_all_is_settled(
    before: OrderState, *, proves: bool
) -> None:
    bench = await a_compared_bench()
    able = bench.broker.capabilities
    bench.broker.capabilities = msgspec.structs.replace(able, can_prove_absence=proves)
    order = await an_unknown_order(bench)
    await look(await bench.read(order), bench.desk, may_conclude=True)
    assert (await bench.read(order)).state is before
    await list_as(bench, order, OrderState.ACCEPTED)

    found = await compared(bench)

    assert (await bench.read(order)).state is OrderState.ACCEPTED
    assert (found.settled_orders, found.differences) == (1, ())


async def test_an_order_that_is_over_here_and_works_there_is_told_and_not_changed() -> None:
    bench = await a_compared_bench()
    order = await a_working_order(bench)
    gone = bench.broker.report(await bench.ref_of(order), OrderState.CANCELLED, filled=Decimal(0))
    bench.broker.finds.append(gone)
    await look(await bench.read(order), bench.desk, may_conclude=False)
    await list_as(bench, order, OrderState.ACCEPTED)
    before = await all_of(bench, order)

    found = await compared(bench)

    assert found.differences == (
        OrderDiffers(
            order_id=order,
            symbol="BTCUSDT",
            recorded=OrderState.CANCELLED,
            at_venue=OrderState.ACCEPTED,
        ),
    )
    assert await all_of(bench, order) == before


async def test_orders_of_others_are_counted_and_left_alone() -> None:
    bench = await a_compared_bench()
    order = await a_traded_order(bench)
    bench.broker.hold("BTCUSDT", "1")
    await list_as(bench, order, OrderState.FILLED, filled="1")
    [mine] = bench.broker.listing
    theirs = {"client_order_id": "web", "broker_order_id": "b-9", "state": OrderState.ACCEPTED}
    bench.broker.listing.append(msgspec.structs.replace(mine, **theirs))
    alien = msgspec.structs.replace(await bench.fill_of(order, "5"), fill_key="b-9:1")
    bench.broker.traded.append(msgspec.structs.replace(alien, client_order_id="web"))

    found = await compared(bench)

    assert (found.orders, found.other_orders, found.fills) == (1, 1, 0)
    assert bench.broker.cancelled == []
    assert len(bench.broker.sent) == 1


async def test_another_position_than_the_fills_come_to_is_told_with_both() -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    bench.broker.hold("BTCUSDT", "3")

    found = await compared(bench)

    differs = PositionDiffers(symbols=("BTCUSDT",), recorded=Decimal(1), at_venue=Decimal(3))
    assert found.differences == (differs,)
    assert len(bench.broker.sent) == 1


async def test_what_is_money_at_the_venue_is_no_position_there() -> None:
    bench = await a_compared_bench()
    able = bench.broker.capabilities
    bench.broker.capabilities = msgspec.structs.replace(able, money=frozenset({"BTCUSDT"}))
    await a_traded_order(bench)
    bench.broker.hold("BTCUSDT", "0")

    found = await compared(bench)

    assert (found.differences, found.unsettled, found.positions) == ((), (), 0)


async def test_what_an_order_in_doubt_may_have_moved_is_not_judged() -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    order = await an_unknown_order(bench)
    bench.broker.hold("BTCUSDT", "2")

    found = await compared(bench)

    assert (found.differences, found.unsettled) == ((), ("BTCUSDT",))
    assert (await bench.read(order)).state is OrderState.UNKNOWN


async def test_nothing_is_compared_that_nobody_asked_for() -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)

    assert await compare(bench.desk, bench.store.comparisons) is None


async def test_a_venue_that_is_away_is_told_to_whoever_compares() -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    await asked(bench)

    async def away() -> Sequence[Position]:
        raise BrokerUnavailableError

    bench.broker.positions = away

    with pytest.raises(BrokerUnavailableError):
        await compare(bench.desk, bench.store.comparisons)


async def test_an_old_order_that_still_works_is_ours() -> None:
    bench = await a_compared_bench()
    order = await a_working_order(bench)
    for _ in range(2):
        await compared(bench)
        await pass_time(bench, 3 * DAY)
    report = bench.broker.report(await bench.ref_of(order), OrderState.ACCEPTED, filled=Decimal(0))
    bench.broker.open.extend([(report,)] * 9)

    found = await compared(bench)

    assert (found.orders, found.other_orders) == (1, 0)
