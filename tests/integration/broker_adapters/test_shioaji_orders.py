"""What becomes of orders at SinoPac: acknowledged or not, told in any order, never sent twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from broker_adapters.base import (
    Accepted,
    NotFound,
    OrderReport,
    Reason,
    Rejected,
    SessionLost,
    Unknown,
)
from broker_adapters.shioaji.errors import AnswerLostError
from bus.values import OrderState, Side, TimeInForce
from infra.local.doubles.shioaji.faults import Fault
from tests.integration.broker_adapters.sino import at_venue, futures_ground, stock_ground

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.broker_adapters.grounds.sino import SinoGround

pytestmark = pytest.mark.anyio

_LONG = timedelta(minutes=10)


@pytest.fixture(params=[stock_ground, futures_ground], ids=["stock", "futures"])
async def ground(request: pytest.FixtureRequest) -> AsyncGenerator[SinoGround]:
    async with request.param() as opened:
        yield opened


async def test_pending_submit_is_no_acknowledgement(ground: SinoGround) -> None:
    request = ground.limit()
    ground.venue.faults.add(Fault.NEVER_ACKNOWLEDGED)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Unknown)
    assert "PendingSubmit" in outcome.why


async def test_order_that_stays_pending_is_unknown_for_good_and_written_once(
    ground: SinoGround,
) -> None:
    request = ground.limit()
    ground.venue.faults.add(Fault.NEVER_ACKNOWLEDGED)
    await ground.submit(request)
    ref = ground.ref(request)

    await ground.pass_(_LONG)
    outcome = await (await ground.anew()).find(ref)

    assert isinstance(outcome, Unknown)
    assert await ground.written(request.client_order_id) == 1


async def test_failed_order_whose_state_has_to_be_checked_is_looked_up(ground: SinoGround) -> None:
    request = ground.request()
    ground.venue.faults.add(Fault.PLEASE_CHECK)

    outcome = await ground.submit(request)
    found = await ground.resolved(request)

    # What the venue tells by itself may come before anybody has to look.
    assert isinstance(outcome, Accepted | Unknown)
    assert isinstance(found, OrderReport)
    assert found.state is OrderState.FILLED
    assert await ground.placed(request.client_order_id) == 1


async def test_second_submit_of_the_same_order_sends_nothing(ground: SinoGround) -> None:
    request = ground.request()
    await ground.submit(request)

    outcome = await ground.submit(request)

    assert isinstance(outcome, Unknown)
    assert await ground.written(request.client_order_id) == 1


async def test_deal_before_its_order_counts_without_a_look(ground: SinoGround) -> None:
    ground.venue.telling.deals_first = True

    report = await ground.accepted(ground.request())

    assert report.state is OrderState.FILLED
    assert len(ground.person.operations) == 1


async def test_event_told_twice_counts_once(ground: SinoGround) -> None:
    ground.venue.telling.twice = True

    report = await ground.accepted(ground.request())

    assert report.filled_quantity == 10 * ground.lot
    assert len(report.fills) == 1


async def test_acknowledgement_that_is_late_is_looked_up_once(ground: SinoGround) -> None:
    ground.venue.telling.held = True

    report = await ground.accepted(ground.request())
    ground.venue.release()

    assert report.state is OrderState.FILLED
    assert len(ground.person.operations) == 2
    assert (await ground.found(report)).fills == report.fills


async def test_events_that_are_missing_are_noticed_and_told(ground: SinoGround) -> None:
    report = await ground.accepted(ground.limit(below=10))
    ground.venue.telling.lost = True
    await ground.market(ground.price - 20 * ground.tick)

    told: list[object] = []
    with anyio.fail_after(8):
        async for event in ground.broker.events():
            told.append(event)
            if isinstance(event, SessionLost):
                break

    filled = [each for each in told if isinstance(each, OrderReport)][-1]
    assert filled.state is OrderState.FILLED
    assert filled.client_order_id == report.client_order_id


async def test_look_that_failed_is_no_answer_for_those_who_waited(
    ground: SinoGround, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = ground.sino.orders
    outcomes: list[object] = []

    async def failing(work: object, *, patience: float) -> None:
        del work, patience
        await anyio.lowlevel.checkpoint()
        raise AnswerLostError("no answer")

    async def look() -> None:
        try:
            outcomes.append(await orders.look(is_stock=True))
        except AnswerLostError as error:
            outcomes.append(error)

    monkeypatch.setattr(orders.session, "call", failing)
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(look)

    assert [type(each) for each in outcomes] == [AnswerLostError] * 3


async def test_looks_that_wait_together_are_one(ground: SinoGround) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(9):
            tasks.start_soon(partial(ground.sino.orders.look, is_stock=True))

    assert len(ground.person.operations) == 1


async def test_closed_market_refuses_for_that(ground: SinoGround) -> None:
    ground.venue.is_closed = True

    outcome = await ground.submit(ground.request())

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.MARKET_CLOSED
    assert "非委託時間" in outcome.raw


async def test_order_reserved_before_the_market_opens_is_accepted(ground: SinoGround) -> None:
    ground.venue.is_reserving = True

    report = await ground.accepted(ground.limit())

    assert report.state is OrderState.ACCEPTED
    assert [order.status for order in at_venue(ground)] == ["PreSubmitted"]


async def test_refusal_that_only_the_list_shows_resolves_an_unknown_order(
    ground: SinoGround,
) -> None:
    request = ground.request()
    ground.venue.is_closed = True
    ground.venue.faults.add(Fault.TIMEOUT_AFTER)
    await ground.submit(request)

    found = await ground.resolved(request)

    assert isinstance(found, OrderReport)
    assert (found.state, found.reason) == (OrderState.REJECTED, "market_closed")


async def test_order_of_a_day_that_nobody_saw_end_must_be_looked_at(ground: SinoGround) -> None:
    report = await ground.accepted(ground.limit(below=10))
    ref = ground.ref(report)
    await ground.pass_(timedelta(days=1))
    ground.ledger.orders.clear()

    found = await (await ground.anew()).find(ref)

    assert isinstance(found, OrderReport)
    assert (found.state, found.reason) == (OrderState.NEEDS_REVIEW, "day_over_unseen")


async def test_unknown_order_of_a_day_that_is_over_stays_unproved(ground: SinoGround) -> None:
    request = ground.request()
    ground.venue.faults.add(Fault.TIMEOUT_BEFORE)
    await ground.submit(request)
    ref = ground.ref(request)
    await ground.pass_(timedelta(days=1))

    assert await (await ground.anew()).find(ref) == NotFound()


async def test_good_till_cancelled_is_declared_to_end_with_the_day(ground: SinoGround) -> None:
    await ground.accepted(ground.limit(below=10, time_in_force=TimeInForce.GTC))

    assert ground.broker.capabilities.keeps_overnight is False
    assert [order.time_in_force for order in at_venue(ground)] == ["ROD"]


async def test_market_order_is_immediate(ground: SinoGround) -> None:
    await ground.accepted(ground.request())

    [order] = at_venue(ground)
    assert (order.price_type, order.time_in_force) == ("MKT", "IOC")


async def test_market_order_that_meets_nobody_is_not_fillable(ground: SinoGround) -> None:
    await ground.market(depth=0)

    outcome = await ground.submit(ground.request())

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.NOT_FILLABLE


async def test_future_that_only_reduces_covers() -> None:
    async with futures_ground() as ground:
        await ground.accepted(ground.request(5))
        await ground.accepted(ground.request(2, side=Side.SELL, reduce_only=True))

        assert [order.octype for order in at_venue(ground)] == ["Auto", "Cover"]
        assert await ground.held() == Decimal(3)
