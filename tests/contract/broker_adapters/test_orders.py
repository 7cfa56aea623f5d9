"""Cancelling and looking up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from broker_adapters.base import AlreadyFinal, Cancelled, NotFound, Reason, Rejected
from broker_adapters.errors import UnknownSymbolError
from bus.values import OrderState
from tests.contract.broker_adapters.trader import trading

if TYPE_CHECKING:
    from tests.contract.broker_adapters.trader import Place, Trader

pytestmark = pytest.mark.anyio


async def test_working_order_is_cancelled(trader: Trader) -> None:
    report = await trader.resting()

    outcome = await trader.broker.cancel(trader.ref(report))

    assert isinstance(outcome, Cancelled)
    assert (await trader.found(report)).state is OrderState.CANCELLED
    assert await trader.broker.open_orders() == ()


async def test_cancel_of_a_filled_order_says_so(trader: Trader) -> None:
    report = await trader.placed()

    outcome = await trader.broker.cancel(trader.ref(report))

    assert isinstance(outcome, AlreadyFinal)
    assert outcome.report.state is OrderState.FILLED


async def test_second_cancel_is_harmless(trader: Trader) -> None:
    report = await trader.resting()
    await trader.broker.cancel(trader.ref(report))

    outcome = await trader.broker.cancel(trader.ref(report))

    assert isinstance(outcome, AlreadyFinal)
    assert outcome.report.state is OrderState.CANCELLED


async def test_cancel_of_an_order_that_never_was_is_refused(trader: Trader) -> None:
    outcome = await trader.broker.cancel(trader.ref(trader.request()))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.NOT_FOUND


async def test_concurrent_cancels_stop_an_order_once(trader: Trader) -> None:
    report = await trader.resting()
    outcomes: list[object] = []

    async def stop() -> None:
        outcomes.append(await trader.broker.cancel(trader.ref(report)))

    async with anyio.create_task_group() as cancels:
        for _ in range(8):
            cancels.start_soon(stop)

    assert [type(outcome) for outcome in outcomes].count(Cancelled) == 1
    assert [type(outcome) for outcome in outcomes].count(AlreadyFinal) == 7


async def test_order_is_found_by_either_id(trader: Trader) -> None:
    report = await trader.placed()
    by_client_id = msgspec.structs.replace(trader.ref(report), broker_order_id=None)
    by_venue_id = msgspec.structs.replace(trader.ref(report), client_order_id="lost")

    assert await trader.broker.find(by_client_id) == report
    assert await trader.broker.find(by_venue_id) == report


async def test_foreign_venue_id_does_not_find_anything(trader: Trader) -> None:
    ref = trader.ref(trader.request())

    outcome = await trader.broker.find(msgspec.structs.replace(ref, broker_order_id="0815"))

    assert outcome == NotFound()


async def test_order_of_another_account_is_not_found(trader: Trader, place: Place) -> None:
    report = await trader.resting()

    async with trading(place) as stranger:
        assert await stranger.broker.find(stranger.ref(report)) == NotFound()
        outcome = await stranger.broker.cancel(stranger.ref(report))

        assert isinstance(outcome, Rejected)
        assert (await trader.found(report)).state is OrderState.ACCEPTED


async def test_orders_are_told_oldest_first_from_an_instant_on(trader: Trader) -> None:
    first = await trader.placed()
    second = await trader.resting()

    since_first = await trader.broker.orders_since(first.at)

    assert [report.client_order_id for report in since_first] == [
        first.client_order_id,
        second.client_order_id,
    ]
    assert await trader.broker.orders_since(second.at + timedelta(days=1)) == ()
    assert await trader.broker.open_orders() == (second,)


async def test_order_placed_by_somebody_else_at_the_account_is_seen(
    trader: Trader, place: Place
) -> None:
    async with trading(place, trader.account) as other_session:
        theirs = await other_session.resting(client_order_id="by-hand")

    assert await trader.broker.open_orders() == (theirs,)


async def test_any_well_formed_symbol_is_traded(trader: Trader) -> None:
    instrument = await trader.broker.instrument("TAIFEX:TXF1!")

    assert instrument.quantity_step == Decimal("0.00000001")
    with pytest.raises(UnknownSymbolError):
        await trader.broker.instrument("no symbol")
