"""What Gate would tell: each fill once, none left out, whenever the listener comes and goes."""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from broker_adapters.base import BrokerEvent, OrderReport
from bus.values import OrderState, OrderType, Side
from infra.local.doubles.gateio.faults import Fault
from tests.integration.broker_adapters.gate_sessions import KEY, PAIR, PERPETUAL, Gate, at_gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio

_WHILE, _LONGEST = 0.4, 5.0


@pytest.fixture
async def gate() -> AsyncGenerator[Gate]:
    async with at_gate() as opened:
        opened.venue.limits.is_off = True
        yield opened


@asynccontextmanager
async def listening(gate: Gate) -> AsyncGenerator[AsyncGenerator[BrokerEvent]]:
    events = cast("AsyncGenerator[BrokerEvent]", gate.broker.events())
    async with aclosing(events):
        yield events


async def told(gate: Gate, at_least: int = 0) -> list[OrderReport]:
    """Return all that is told in a while, many rounds of questions, after what must come came."""
    reports: list[OrderReport] = []
    with anyio.move_on_after(_LONGEST if at_least else _WHILE) as scope:
        async with listening(gate) as events:
            async for event in events:
                assert isinstance(event, OrderReport), event
                reports.append(event)
                if len(reports) == at_least:
                    scope.deadline = anyio.current_time() + _WHILE
    return reports


async def first(gate: Gate) -> OrderReport:
    with anyio.fail_after(5):
        async with listening(gate) as events:
            event = await anext(events)
            assert isinstance(event, OrderReport)
            return event


def keys(reports: list[OrderReport]) -> list[str]:
    return [fill.fill_key for report in reports for fill in report.fills]


@pytest.mark.parametrize("symbol", [PAIR, PERPETUAL])
async def test_each_fill_is_told_once(gate: Gate, symbol: str) -> None:
    await gate.accepted(gate.request(symbol))
    await gate.accepted(gate.request(symbol))

    heard = await told(gate, 2)

    assert len(keys(heard)) == len(set(keys(heard))) == 2


async def test_fill_that_was_not_taken_in_is_told_again(gate: Gate) -> None:
    await gate.accepted(gate.request())

    before = await first(gate)
    after = await first(gate)

    assert keys([before]) == keys([after])


async def test_fill_that_gate_shows_late_is_told(gate: Gate) -> None:
    gate.venue.hide_orders(timedelta(seconds=10))
    gate.venue.faults.add(Fault.DROP_AFTER)
    await gate.submit(gate.request())
    nothing = await told(gate)

    gate.clock.shift += timedelta(seconds=11)
    (heard,) = await told(gate, 1)

    assert nothing == []
    assert heard.state is OrderState.FILLED
    assert len(heard.fills) == 1


async def test_parts_are_told_with_the_fills_that_are_new(gate: Gate) -> None:
    gate.venue.spot.stand(PAIR, Decimal(100), Decimal("0.04"))
    limit = gate.request(PAIR, order_type=OrderType.LIMIT, limit_price=Decimal(100))
    await gate.accepted(limit)
    one = await told(gate, 1)
    gate.venue.spot.stand(PAIR, Decimal(100), Decimal("0.06"))

    two = await told(gate, 1)

    assert [report.state for report in one + two] == [
        OrderState.PARTIALLY_FILLED,
        OrderState.FILLED,
    ]
    assert [report.filled_quantity for report in one + two] == [Decimal("0.04"), Decimal("0.1")]
    assert len(set(keys(one + two))) == 2


async def test_cancel_by_hand_is_told(gate: Gate) -> None:
    limit = gate.request(PAIR, order_type=OrderType.LIMIT, limit_price=Decimal(90))
    report = await gate.accepted(limit)
    gate.venue.spot.cancel(KEY, report.broker_order_id, PAIR)

    (heard,) = await told(gate, 1)

    assert (heard.broker_order_id, heard.state) == (report.broker_order_id, OrderState.CANCELLED)


async def test_order_that_gate_forgot_since_is_told_as_cancelled(gate: Gate) -> None:
    limit = gate.request(PAIR, order_type=OrderType.LIMIT, limit_price=Decimal(90))
    report = await gate.accepted(limit)
    gate.venue.spot.cancel(KEY, report.broker_order_id, PAIR)
    gate.clock.shift += timedelta(minutes=5)

    (heard,) = await told(gate, 1)

    assert (heard.state, heard.filled_quantity) == (OrderState.CANCELLED, 0)


async def test_order_that_is_not_shown_yet_is_not_taken_for_cancelled(gate: Gate) -> None:
    gate.venue.hide_orders(timedelta(seconds=10))
    limit = gate.request(PAIR, order_type=OrderType.LIMIT, limit_price=Decimal(90))
    await gate.accepted(limit)

    assert await told(gate) == []


async def test_trade_by_hand_is_told_under_no_client_id_of_ours(gate: Gate) -> None:
    body = {"contract": PAIR, "size": "5", "price": "0", "tif": "ioc"}
    gate.venue.perpetual.place(KEY, body)

    (heard,) = await told(gate, 1)

    assert (heard.client_order_id, heard.side) == ("apiv4", Side.BUY)


async def test_closed_session_tells_no_more(gate: Gate) -> None:
    async with anyio.create_task_group() as tasks, listening(gate) as events:
        tasks.start_soon(gate.broker.close)
        with anyio.fail_after(5):
            assert [event async for event in events] == []
