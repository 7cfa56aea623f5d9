"""Sessions: opened again and again, closed at any time, and what they are told meanwhile."""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.paper.stream import StreamPace
from bus.values import OrderState, OrderType, Side
from tests.contract.broker_adapters.trader import an_account, trading

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.base import OrderReport
    from tests.contract.broker_adapters.trader import Place, Trader

pytestmark = pytest.mark.anyio

# Asks so seldom that only a bell can be why something is told within a test.
PATIENT = StreamPace(working=300, idle=300, failing=300)


@asynccontextmanager
async def told(trader: Trader) -> AsyncGenerator[AsyncGenerator[OrderReport]]:
    """Open the trader's stream, and close it at the end."""
    events = cast("AsyncGenerator[OrderReport]", trader.broker.events())
    async with aclosing(events):
        yield events


async def first(trader: Trader, count: int = 1) -> list[OrderReport]:
    """Return the next reports that the venue tells by itself."""
    reports: list[OrderReport] = []
    with anyio.fail_after(5):
        async with told(trader) as events:
            async for report in events:
                reports.append(report)
                if len(reports) == count:
                    break
    return reports


async def test_fill_by_a_tick_is_told(trader: Trader) -> None:
    report = await trader.resting(limit_price=Decimal(95))
    await trader.tick("90")

    (heard,) = await first(trader)

    assert heard == await trader.found(report)


async def test_what_a_submit_answered_is_not_told_again(trader: Trader) -> None:
    await trader.placed()
    await trader.placed(side=Side.SELL)
    waiting = await trader.resting(limit_price=Decimal(95))
    await trader.tick("90")

    (heard,) = await first(trader)

    assert heard.client_order_id == waiting.client_order_id
    assert heard.state is OrderState.FILLED


async def test_order_whose_answer_nobody_got_is_told(trader: Trader, place: Place) -> None:
    async with trading(place, trader.account) as other_session:
        report = await other_session.placed()

    assert await first(trader) == [report]


async def test_every_part_is_told_with_the_fills_that_are_new(place: Place) -> None:
    async with trading(place, liquidity_per_tick="0.4") as trader:
        report = await trader.placed()
        keys = [fill.fill_key for fill in report.fills]
        with anyio.fail_after(5):
            async with told(trader) as events:
                for price in ("101", "102"):
                    await trader.tick(price)
                    heard = await anext(events)
                    keys += [fill.fill_key for fill in heard.fills]

        found = await trader.found(report)
        assert sorted(set(keys)) == [fill.fill_key for fill in found.fills]
        assert [len(heard.fills), heard.state] == [1, OrderState.FILLED]


async def test_stream_taken_up_again_goes_on_where_it_was_left(trader: Trader) -> None:
    waiting = [await trader.resting(limit_price=Decimal(95)) for _ in range(3)]
    await trader.tick("90")

    heard = await first(trader)
    heard += await first(trader, 3)

    assert {report.client_order_id for report in heard} == {
        report.client_order_id for report in waiting
    }


async def test_sister_accounts_alert_is_told_where_it_filled(trader: Trader, place: Place) -> None:
    async with trading(place, an_account(trader.account.owner)) as sister:
        await sister.resting(limit_price=Decimal(95))
        await trader.placed(reference_price=Decimal(90))

        (heard,) = await first(sister)

        assert heard.state is OrderState.FILLED


async def test_cancel_by_another_session_is_told(trader: Trader, place: Place) -> None:
    report = await trader.resting()
    async with trading(place, trader.account) as other_session:
        await other_session.broker.cancel(other_session.ref(report))

    (heard,) = await first(trader)

    assert heard.state is OrderState.CANCELLED


async def test_stop_that_is_reached_without_filling_is_told(trader: Trader) -> None:
    await trader.placed(
        order_type=OrderType.STOP_LIMIT, stop_price=Decimal(110), limit_price=Decimal(105)
    )
    await trader.tick("115")

    (heard,) = await first(trader)

    assert heard.state is OrderState.ACCEPTED


async def test_closed_session_tells_no_more(trader: Trader) -> None:
    async with anyio.create_task_group() as listening, told(trader) as events:
        listening.start_soon(trader.broker.close)
        with anyio.fail_after(5):
            assert [report async for report in events] == []


async def test_session_can_be_closed_twice_and_opened_again(trader: Trader) -> None:
    await trader.broker.close()
    await trader.broker.close()
    is_connected = (await trader.broker.health()).is_connected
    deadline = trader.place.clock.now() + timedelta(seconds=10)

    await trader.broker.connect(deadline=deadline)
    await trader.broker.connect(deadline=deadline)

    assert not is_connected
    assert (await trader.broker.health()).is_connected


async def test_money_outlives_a_session(place: Place) -> None:
    async with trading(place, deposit=1000, fee_rate="0.01") as before:
        await before.placed()

    async with trading(place, before.account) as after:
        (balance,) = await after.broker.balances()

        assert balance.total == 999
        assert await after.held() == 1


async def test_session_past_its_deadline_is_not_opened(trader: Trader) -> None:
    with pytest.raises(BrokerUnavailableError):
        await trader.broker.connect(deadline=trader.place.clock.now() - timedelta(seconds=1))


async def test_cancelled_submit_leaves_the_session_usable(trader: Trader) -> None:
    request = trader.request()

    with anyio.CancelScope() as scope:
        scope.cancel()
        await trader.submit(request)
    report = await trader.placed(quantity=Decimal(7))

    assert report.state is OrderState.FILLED
    assert await trader.held() in {Decimal(7), Decimal(8)}


async def test_news_that_somebody_rings_for_is_told_at_once(trader: Trader, place: Place) -> None:
    bell = anyio.Event()
    async with trading(place, trader.account, wake=bell.wait, pace=PATIENT) as sleepy:

        async def trade() -> None:
            await trader.resting()
            bell.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(trade)
            (heard,) = await first(sleepy)

            assert heard.state is OrderState.ACCEPTED


async def test_order_moved_by_the_sessions_own_alert_is_told_at_once(place: Place) -> None:
    async with trading(place, pace=PATIENT) as trader:
        waiting = await trader.resting(limit_price=Decimal(95))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(trader.submit, trader.request(reference_price=Decimal(90)))
            (heard,) = await first(trader)

            assert heard.client_order_id == waiting.client_order_id
