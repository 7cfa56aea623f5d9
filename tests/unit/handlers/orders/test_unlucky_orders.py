"""An order's life where the record or the venue fails in the middle of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from broker_adapters.base import Rejected, Unknown
from broker_adapters.outcomes import Reason
from bus.values import OrderState
from handlers.errors import StoreUnavailableError
from handlers.orders.reconcile import look
from handlers.records.orders import WhyNot
from handlers.records.sizing_rules import Close, Direction, Target
from tests.builders import a_new_order
from tests.unit.handlers.orders.order_desks import Bench, a_bench

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.records.alerts import NewOrder

pytestmark = pytest.mark.anyio


class Failing:
    """Orders of which one call's answers are lost so many times, before or after it is done."""

    def __init__(self, orders: Any, name: str, *, times: int, is_done: bool) -> None:
        self._orders = orders
        self._name = name
        self._left = times
        self._is_done = is_done

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._orders, name)

        async def maybe(*arguments: Any, **named: Any) -> Any:
            if name != self._name or self._left == 0:
                return await call(*arguments, **named)
            self._left -= 1
            if self._is_done:
                await call(*arguments, **named)
            raise StoreUnavailableError

        return maybe


def failing(bench: Bench, name: str, *, times: int = 1, is_done: bool = False) -> None:
    orders: Any = Failing(bench.store.orders, name, times=times, is_done=is_done)
    bench.desk = replace(bench.desk, orders=orders)


def an_exit(bench: Bench) -> NewOrder:
    return a_new_order(bench.account, sizing=Close(direction=Direction.ANY), reduce_only=True)


async def unknown_entry(bench: Bench) -> OrderId:
    entry = await bench.queued()
    bench.broker.answers.append(Unknown(why="no answer"))
    await bench.run(entry)
    return entry


async def test_exit_waits_while_its_entry_may_still_be_found() -> None:
    bench = await a_bench()
    await unknown_entry(bench)
    leaving = await bench.queued(an_exit(bench))

    executed = await bench.run(leaving)

    assert executed.why is WhyNot.BLOCKED
    assert (await bench.read(leaving)).state is OrderState.QUEUED


async def test_exit_closes_what_its_entry_turned_out_to_be() -> None:
    bench = await a_bench()
    entry = await unknown_entry(bench)
    leaving = await bench.queued(an_exit(bench))
    await bench.run(leaving)
    ref = await bench.ref_of(entry)
    bench.broker.finds.append(bench.broker.report(ref, OrderState.FILLED, filled=Decimal(1)))
    await look(await bench.read(entry), bench.desk, may_conclude=False)
    bench.broker.hold("BTCUSDT", "1")

    executed = await bench.run(leaving)

    assert executed.state is OrderState.FILLED


async def test_order_whose_claim_lost_its_answer_is_sent_later_and_once() -> None:
    bench = await a_bench()
    order = await bench.queued()
    failing(bench, "claim", is_done=True)

    with pytest.raises(StoreUnavailableError):
        await bench.run(order)
    assert (await bench.read(order)).state is OrderState.QUEUED

    assert (await bench.run(order)).state is OrderState.FILLED
    assert len(bench.broker.sent) == 1


async def test_outcome_outlives_an_outage_of_the_record() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.append(Rejected(reason=Reason.MARKET_CLOSED, message="closed"))
    failing(bench, "settle", times=4)

    executed = await bench.run(order)

    assert executed.state is OrderState.REJECTED
    assert (await bench.read(order)).error_code == "market_closed"


async def test_position_that_moves_while_it_is_read_is_read_again() -> None:
    bench = await a_bench()
    resting = bench.broker.report(
        await bench.ref_of(await unknown_entry(bench)), OrderState.ACCEPTED, filled=Decimal(0)
    )
    bench.broker.open.extend([(resting,), ()])
    order = await bench.queued(
        a_new_order(bench.account, symbol="ETHUSDT", sizing=Target(size=Decimal(1)))
    )

    executed = await bench.run(order)

    assert executed.retry_after is not None
    assert (await bench.read(order)).state is OrderState.QUEUED


async def test_a_working_order_that_is_only_told_of_anew_holds_nothing_up() -> None:
    """SinoPac tells no time of an order's last change: each reading has its own."""
    bench = await a_bench()
    resting = bench.broker.report(
        await bench.ref_of(await unknown_entry(bench)), OrderState.ACCEPTED, filled=Decimal(0)
    )
    later = msgspec.structs.replace(resting, at=resting.at + timedelta(milliseconds=3))
    bench.broker.open.extend([(resting,), (later,)])
    order = await bench.queued(
        a_new_order(bench.account, symbol="ETHUSDT", sizing=Target(size=Decimal(1)))
    )

    await bench.run(order)

    assert (await bench.read(order)).state is OrderState.FILLED
