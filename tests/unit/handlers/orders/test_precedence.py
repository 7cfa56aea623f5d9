"""An order that an older or a newer one must go before waits for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from broker_adapters.base import Accepted, NotSent, OrderRef
from bus.values import OrderState
from handlers.orders.frozen import Seen
from handlers.orders.precedence import passed_by, queued_before
from handlers.records.alerts import Recorded
from handlers.records.orders import WhyNot
from handlers.records.sizing_rules import Close, Direction, DriftPolicy, Expected, Target
from handlers.sizing.moves import Holding
from tests.builders import a_new_order, a_new_signal, a_strategy
from tests.unit.handlers.orders.order_desks import a_bench

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.records.accounts import Strategy
    from handlers.records.alerts import NewOrder
    from handlers.records.orders import Order
    from tests.unit.handlers.orders.order_desks import Bench

pytestmark = pytest.mark.anyio

FLAT = Seen(holding=Holding(position=Decimal(0)), step=Decimal("0.001"))
LATER = timedelta(seconds=1)


def an_exit(bench: Bench, symbol: str = "BTCUSDT") -> NewOrder:
    closing = Close(direction=Direction.ANY)
    return a_new_order(bench.account, symbol=symbol, sizing=closing, reduce_only=True)


async def an_unsent_entry(bench: Bench) -> OrderId:
    """Queue an entry that was refused before it was executed, and is tried again in a second."""
    entry = await bench.queued()
    bench.broker.answers.append(NotSent(why="busy", retry_after=LATER))
    await bench.run(entry)
    return entry


async def a_strategy_of(bench: Bench) -> Strategy:
    strategy = a_strategy(bench.account)
    await bench.store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
    return strategy


async def an_alert(bench: Bench, strategy: Strategy, before: int, after: int) -> Order:
    """Record the alert that takes a strategy from one size to another."""
    expected = Expected(
        direction=Direction.LONG if before else None,
        size=Decimal(before),
        policy=DriftPolicy.BLOCK,
        resync_to=Decimal(after),
    )
    new = a_new_order(bench.account, sizing=Target(size=Decimal(after), expected=expected))
    assert isinstance(await bench.store.signals.record(a_new_signal(strategy, new)), Recorded)
    return await bench.read(new.id)


async def test_an_exit_waits_for_the_entry_that_is_tried_again() -> None:
    bench = await a_bench()
    entry = await an_unsent_entry(bench)
    leaving = await bench.queued(an_exit(bench))

    executed = await bench.run(leaving)

    assert (executed.why, executed.ahead) == (WhyNot.BEHIND, entry)
    assert (await bench.read(leaving)).state is OrderState.QUEUED


async def test_an_exit_closes_what_the_entry_before_it_opened() -> None:
    bench = await a_bench()
    entry = await an_unsent_entry(bench)
    leaving = await bench.queued(an_exit(bench))
    await bench.run(leaving)
    await bench.run(entry)
    bench.broker.hold("BTCUSDT", "1")

    executed = await bench.run(leaving)

    assert executed.state is OrderState.FILLED


async def test_orders_of_other_symbols_are_in_nobodys_way() -> None:
    bench = await a_bench()
    await an_unsent_entry(bench)
    leaving = await bench.queued(an_exit(bench, "ETHUSDT"))

    executed = await bench.run(leaving)

    assert executed.state is OrderState.DENIED


async def test_an_order_past_its_time_is_waited_for_no_more() -> None:
    bench = await a_bench()
    entry = await bench.read(await an_unsent_entry(bench))
    leaving = await bench.read(await bench.queued(an_exit(bench)))
    bench.clock.go_on(entry.expires_at - bench.clock.now())

    assert await queued_before(leaving, bench.desk) is None


async def test_a_newer_alert_that_starts_from_what_is_held_goes_first() -> None:
    bench = await a_bench()
    strategy = await a_strategy_of(bench)
    second = await an_alert(bench, strategy, 1, 0)
    first = await an_alert(bench, strategy, 0, 1)

    assert await passed_by(second, FLAT, bench.desk) == first.id


async def test_a_sibling_is_let_pass_once() -> None:
    bench = await a_bench()
    strategy = await a_strategy_of(bench)
    second = await an_alert(bench, strategy, 1, 0)
    await an_alert(bench, strategy, 0, 1)
    await passed_by(second, FLAT, bench.desk)

    again = await passed_by(await bench.read(second.id), FLAT, bench.desk)

    assert again is None


async def test_an_alert_that_is_next_lets_nobody_pass() -> None:
    bench = await a_bench()
    strategy = await a_strategy_of(bench)
    first = await an_alert(bench, strategy, 0, 1)
    await an_alert(bench, strategy, 0, 2)

    assert await passed_by(first, FLAT, bench.desk) is None


async def test_without_a_position_nobody_is_let_pass() -> None:
    bench = await a_bench()
    strategy = await a_strategy_of(bench)
    second = await an_alert(bench, strategy, 1, 0)
    await an_alert(bench, strategy, 0, 1)
    unread = msgspec.structs.replace(FLAT, holding=Holding(position=None))

    assert await passed_by(second, unread, bench.desk) is None


async def a_market_order_that_fills(bench: Bench) -> None:
    """Have the venue take an entry at market that it will fill a moment later."""
    entry = await bench.queued()
    ref = OrderRef(
        client_order_id=(await bench.read(entry)).client_order_id,
        broker_order_id="b-1",
        symbol="BTCUSDT",
        side=bench.buy,
        quantity=bench.one,
        sent_at=bench.clock.now(),
    )
    works = bench.broker.report(ref, OrderState.ACCEPTED, filled=bench.nothing)
    bench.broker.answers.append(Accepted(broker_order_id="b-1", report=works))
    bench.broker.open.extend([(works,)] * 2)
    await bench.run(entry)


async def test_an_exit_waits_while_its_entry_fills() -> None:
    bench = await a_bench()
    await a_market_order_that_fills(bench)
    leaving = await bench.queued(an_exit(bench))

    executed = await bench.run(leaving)

    assert (executed.state, executed.retry_after is None) == (OrderState.QUEUED, False)


async def test_an_exit_waits_no_longer_than_a_market_takes_to_fill() -> None:
    bench = await a_bench()
    await a_market_order_that_fills(bench)
    leaving = await bench.queued(an_exit(bench))
    bench.clock.go_on(6 * LATER)

    executed = await bench.run(leaving)

    assert executed.state is OrderState.DENIED


async def test_an_exit_waits_for_the_second_leg_of_the_reversal_before_it() -> None:
    bench = await a_bench(flips=False)
    bench.broker.hold("BTCUSDT", "1")
    turning = await bench.queued(a_new_order(bench.account, sizing=Target(size=Decimal(-2))))
    leaving = await bench.queued(an_exit(bench))
    turned = await bench.run(turning)
    bench.broker.hold("BTCUSDT", "0")

    executed = await bench.run(leaving)

    assert (executed.why, executed.ahead) == (WhyNot.BEHIND, turned.child)
