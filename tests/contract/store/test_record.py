"""What recording an alert promises."""

from __future__ import annotations

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import OrderState, SignalId, StrategyId, UserId
from handlers.records import (
    AccountState,
    Dedupe,
    Duplicate,
    NewCancel,
    Recorded,
    RefusedAtRecord,
    SignalOutcome,
    StrategyState,
)
from handlers.sizing_rules import Close, Direction
from handlers.views import Filter, Span

if TYPE_CHECKING:
    from handlers.records import NewSignal
    from handlers.views import SignalView
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


def again(signal: NewSignal, **fields: object) -> NewSignal:
    """Make a copy of an alert, as a sender's second try brings it."""
    return msgspec.structs.replace(signal, id=SignalId(uuid7()), orders=(), **fields)


async def engage(house: House, trader: Trader, *, allow_exits: bool = False) -> None:
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=allow_exits
    )


async def written(house: House, trader: Trader) -> list[SignalView]:
    return list(await house.store.queries.signals(trader.user, Filter(), Span()))


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
    assert kept.expires_at == asked.expires_at


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


async def test_a_copy_is_answered_with_the_first_ids(house: House) -> None:
    trader = await house.trader()
    orders = [house.order(trader), house.order(trader)]
    signal = house.signal(trader, *orders)
    await house.store.signals.record(signal)

    answer = await house.store.signals.record(again(signal))

    first_ids = tuple(order.id for order in orders)
    assert answer == Duplicate(signal_id=signal.id, order_ids=first_ids)


async def test_a_copy_places_no_order(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader, house.order(trader))
    await house.store.signals.record(signal)

    copy = msgspec.structs.replace(again(signal), orders=(house.order(trader),))
    await house.store.signals.record(copy)

    assert len(await house.store.queries.orders(trader.user, Filter(), Span())) == 1


async def test_a_copy_is_written_down_as_one(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader, house.order(trader))
    await house.store.signals.record(signal)
    copy = again(signal, received_at=signal.received_at + timedelta(seconds=5))
    await house.store.signals.record(copy)

    newest, _ = await written(house, trader)

    assert (newest.id, newest.outcome) == (copy.id, SignalOutcome.DUPLICATE)
    assert newest.duplicate_of == signal.id


async def test_of_concurrent_copies_exactly_one_is_recorded(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader, house.order(trader))
    copies = [
        msgspec.structs.replace(again(signal), orders=(house.order(trader),)) for _ in range(8)
    ]
    answers: list[object] = []

    async def record(copy: NewSignal) -> None:
        answers.append(await house.store.signals.record(copy))

    async with anyio.create_task_group() as group:
        for copy in copies:
            group.start_soon(record, copy)

    [first] = [answer for answer in answers if isinstance(answer, Recorded)]
    others = [answer for answer in answers if isinstance(answer, Duplicate)]
    assert {answer.signal_id for answer in others} == {first.signal_id}
    assert len(others) == 7


async def test_recording_the_same_alert_again_after_a_lost_answer_writes_nothing(
    house: House,
) -> None:
    trader = await house.trader()
    asked = house.order(trader)
    signal = house.signal(trader, asked, dedupe=None)
    await house.store.signals.record(signal)

    answer = await house.store.signals.record(signal)

    assert answer == Duplicate(signal_id=signal.id, order_ids=(asked.id,))
    assert len(await written(house, trader)) == 1


async def test_without_a_key_nothing_is_a_copy(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader, dedupe=None)
    await house.store.signals.record(signal)

    assert isinstance(await house.store.signals.record(again(signal)), Recorded)


async def test_another_strategys_same_key_is_no_copy(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader)
    await house.store.signals.record(signal)
    other, _ = await house.strategy(trader.user, trader.account)

    answer = await house.store.signals.record(again(signal, strategy_id=other.id))

    assert isinstance(answer, Recorded)


@pytest.mark.parametrize(
    ("after_s", "is_copy"), [(0, True), (29.9, True), (30, False), (90, False)]
)
async def test_within_the_window_the_same_content_is_a_copy(
    house: House, after_s: float, *, is_copy: bool
) -> None:
    trader = await house.trader()
    dedupe = Dedupe(hash=secrets.token_bytes(32), window=timedelta(seconds=30))
    signal = house.signal(trader, dedupe=dedupe)
    await house.store.signals.record(signal)

    second = again(signal, received_at=signal.received_at + timedelta(seconds=after_s))
    answer = await house.store.signals.record(second)

    assert isinstance(answer, Duplicate) is is_copy


async def test_the_window_runs_from_the_alert_that_counted(house: House) -> None:
    trader = await house.trader()
    dedupe = Dedupe(hash=secrets.token_bytes(32), window=timedelta(seconds=30))
    signal = house.signal(trader, dedupe=dedupe)
    answers: list[type] = []

    for after_s in (0, 20, 40, 60):
        at = signal.received_at + timedelta(seconds=after_s)
        answers.append(type(await house.store.signals.record(again(signal, received_at=at))))

    assert answers == [Recorded, Duplicate, Recorded, Duplicate]


async def test_a_denied_order_is_recorded_as_denied(house: House) -> None:
    trader = await house.trader()
    asked = house.order(trader, denied_code="max_position")
    await house.store.signals.record(house.signal(trader, asked))

    kept = await house.load(asked.id)

    assert (kept.state, kept.error_code) == (OrderState.DENIED, "max_position")
    assert await house.stages(kept) == ["edge_received", "edge_recorded", "denied"]


async def test_an_order_of_an_account_disabled_meanwhile_is_denied(house: House) -> None:
    trader = await house.trader()
    await house.store.catalogue.set_account_state(
        trader.user, trader.account.id, AccountState.DISABLED
    )

    kept = await house.queued(trader)

    assert (kept.state, kept.error_code) == (OrderState.DENIED, "account_disabled")


async def test_a_paused_strategys_alert_is_refused_and_written_down(house: House) -> None:
    trader = await house.trader()
    await house.store.catalogue.set_strategy_state(
        trader.user, trader.strategy.id, StrategyState.PAUSED
    )
    signal = house.signal(trader, house.order(trader))

    answer = await house.store.signals.record(signal)

    assert answer == RefusedAtRecord(code="strategy_paused")
    [kept] = await written(house, trader)
    assert (kept.outcome, kept.code, kept.orders) == ("refused", "strategy_paused", ())


async def test_a_refused_alert_does_not_use_its_key_up(house: House) -> None:
    trader = await house.trader()
    catalogue, strategy = house.store.catalogue, trader.strategy.id
    signal = house.signal(trader)
    await catalogue.set_strategy_state(trader.user, strategy, StrategyState.PAUSED)
    await house.store.signals.record(signal)
    await catalogue.set_strategy_state(trader.user, strategy, StrategyState.ACTIVE)

    assert isinstance(await house.store.signals.record(again(signal)), Recorded)


async def test_while_the_switch_is_engaged_entries_are_refused(house: House) -> None:
    trader = await house.trader()
    await engage(house, trader, allow_exits=True)

    answer = await house.store.signals.record(house.signal(trader, house.order(trader)))

    assert answer == RefusedAtRecord(code="kill_switch_active")


@pytest.mark.parametrize("allows", [True, False])
async def test_while_the_switch_is_engaged_exits_pass_where_it_allows_them(
    house: House, *, allows: bool
) -> None:
    trader = await house.trader()
    await engage(house, trader, allow_exits=allows)
    signal = house.signal(trader, house.order(trader, reduce_only=True))

    answer = await house.store.signals.record(signal)

    assert isinstance(answer, Recorded) is allows


async def test_beside_an_allowed_exit_an_entry_is_denied(house: House) -> None:
    trader = await house.trader()
    await engage(house, trader, allow_exits=True)
    exit_, entry = house.order(trader, reduce_only=True), house.order(trader)

    await house.store.signals.record(house.signal(trader, exit_, entry))

    assert (await house.load(exit_.id)).state is OrderState.QUEUED
    denied = await house.load(entry.id)
    assert (denied.state, denied.error_code) == (OrderState.DENIED, "kill_switch_active")


async def test_an_alert_judged_before_is_only_written_down(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(
        trader, outcome=SignalOutcome.REJECTED, code="max_position", dedupe=None, signal=None
    )

    answer = await house.store.signals.record(signal)

    assert answer == Recorded(signal_id=signal.id)
    [kept] = await written(house, trader)
    assert (kept.outcome, kept.code, kept.signal) == ("rejected", "max_position", None)


async def test_an_unknown_strategy_is_refused(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(trader, strategy_id=StrategyId(uuid7()))

    assert await house.store.signals.record(signal) == RefusedAtRecord(code="unknown_token")


async def test_another_users_strategy_is_refused(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    signal = house.signal(trader, user_id=UserId(other.user))

    assert await house.store.signals.record(signal) == RefusedAtRecord(code="unknown_token")


async def test_another_users_account_is_refused(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    signal = house.signal(trader, house.order(other))

    assert await house.store.signals.record(signal) == RefusedAtRecord(code="account_disabled")


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

    assert (entry.stream_n, entry.kind, entry.object_id) == (1, "signal", signal.id)
