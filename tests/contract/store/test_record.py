"""What recording an alert promises."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.values import OrderState
from handlers.records.alerts import NewCancel, Recorded
from handlers.records.sizing_rules import Close, Direction

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def test_an_order_is_kept_as_it_was_asked_for(house: House) -> None:
    trader = await house.trader()
    rule = Close(direction=Direction.LONG, percent=Decimal("12.50"))
    asked = house.order(trader, sizing=rule, side=None, quantity=None, limit_price=Decimal("1.0"))
    signal = house.signal(trader, asked)

    await house.store.signals.record(signal)

    kept = await house.load(asked.id)
    assert kept.state is OrderState.QUEUED
    assert (kept.sizing, kept.side, kept.quantity) == (rule, None, None)
    assert str(kept.limit_price) == "1.0"
    assert (kept.signal_id, kept.strategy_id) == (signal.id, trader.strategy.id)
    assert (kept.trace_id, kept.traceparent) == (signal.trace_id, signal.traceparent)
    assert abs(kept.expires_at - asked.expires_at) < timedelta(seconds=1)


async def test_recording_answers_with_the_alerts_own_id(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader, house.order(trader))

    answer = await house.store.signals.record(signal)

    assert answer == Recorded(signal_id=signal.id)


async def test_the_first_events_are_received_and_recorded(house: House) -> None:
    trader = await house.trader()
    asked = house.order(trader)
    signal = house.signal(trader, asked)
    await house.store.signals.record(signal)

    detail = await house.store.queries.order(trader.user, asked.id)

    assert detail is not None
    first, second = detail.events
    assert (first.stage.value, first.at, first.n) == ("edge_received", signal.received_at, 1)
    assert (second.stage.value, second.to_state, second.n) == ("edge_recorded", "queued", 2)


async def test_orders_of_an_account_are_counted_in_their_order(house: House) -> None:
    trader = await house.trader()
    ladder = [house.order(trader) for _ in range(3)]
    await house.store.signals.record(house.signal(trader, *ladder))
    later = await house.queued(trader)

    kept = [await house.load(order.id) for order in ladder]

    sequence = [*(order.seq for order in kept), later.seq]
    assert sequence == sorted(set(sequence))


async def test_an_alerts_cancel_ends_a_queued_order_at_once(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    cancel = NewCancel(account_id=trader.account.id, symbol="BTCUSDT")

    answer = await house.store.signals.record(house.signal(trader, cancels=(cancel,)))

    assert isinstance(answer, Recorded)
    assert answer.to_cancel == ()
    assert (await house.load(order.id)).state is OrderState.CANCELLED


async def test_an_alerts_cancel_asks_for_a_live_orders_cancel(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.ACCEPTED)
    cancel = NewCancel(account_id=trader.account.id, symbol=None)

    answer = await house.store.signals.record(house.signal(trader, cancels=(cancel,)))

    assert isinstance(answer, Recorded)
    assert answer.to_cancel == ((order.id, trader.account.id),)
    wanted = await house.store.work.wanted_cancels(trader.user, limit=10)
    assert [found.id for found in wanted] == [order.id]


async def test_an_alerts_cancel_leaves_other_symbols_alone(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader, symbol="ETHUSDT")
    cancel = NewCancel(account_id=trader.account.id, symbol="BTCUSDT")

    await house.store.signals.record(house.signal(trader, cancels=(cancel,)))

    assert (await house.load(order.id)).state is OrderState.QUEUED


async def test_an_alert_may_cancel_and_order_at_once(house: House) -> None:
    trader = await house.trader()
    old, new = await house.queued(trader), house.order(trader)
    cancel = NewCancel(account_id=trader.account.id, symbol=None)

    await house.store.signals.record(house.signal(trader, new, cancels=(cancel,)))

    assert (await house.load(old.id)).state is OrderState.CANCELLED
    assert (await house.load(new.id)).state is OrderState.QUEUED


async def test_whatever_characters_a_body_has_it_is_recorded(house: House) -> None:
    trader = await house.trader()
    body = 'a\x00b \\u0000 \\\x00 "quoted" \U0001f4c8 \u2028'
    signal = house.signal(trader, body=body, signal=b'{"comment": "x\\u0000y"}')

    assert isinstance(await house.store.signals.record(signal), Recorded)


async def test_an_alert_without_orders_comes_into_the_stream(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader)
    await house.store.signals.record(signal)

    [entry] = await house.store.queries.stream_after(trader.user, 0, limit=10)

    assert (entry.kind, entry.object_id) == ("signal", signal.id)


async def test_an_edge_whose_clock_is_wrong_changes_nothing_about_how_long_an_order_is_wanted(
    house: House,
) -> None:
    trader = await house.trader()
    wrong = timedelta(minutes=-5)
    order = house.order(trader)
    late = msgspec.structs.replace(order, expires_at=order.expires_at + wrong)
    signal = house.signal(trader, late)
    signal = msgspec.structs.replace(signal, received_at=signal.received_at + wrong)

    await house.store.signals.record(signal)

    kept = await house.load(order.id)
    assert abs(kept.expires_at - order.expires_at) < timedelta(seconds=1)
