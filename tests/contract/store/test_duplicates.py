"""What recording promises of copies: however many come, one counts."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import SignalId
from handlers.records.accounts import StrategyState
from handlers.records.alerts import Dedupe, Duplicate, Recorded, SignalOutcome
from handlers.records.views import Filter, Span

if TYPE_CHECKING:
    from handlers.records.alerts import NewSignal
    from handlers.records.views import SignalView
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


def again(signal: NewSignal, **fields: object) -> NewSignal:
    """Make a copy of an alert, as a sender's second try brings it."""
    return msgspec.structs.replace(signal, id=SignalId(uuid7()), orders=(), **fields)


async def written(house: House, trader: Trader) -> list[SignalView]:
    return list(await house.store.queries.signals(trader.user, Filter(), Span()))


async def test_a_copy_is_answered_with_the_first_ids(house: House) -> None:
    trader = await house.trader()
    orders = [house.order(trader), house.order(trader)]
    signal = house.signal(trader, *orders)
    await house.store.signals.record(signal)

    answer = await house.store.signals.record(again(signal))

    first_ids = tuple(order.id for order in orders)
    assert answer == Duplicate(signal_id=signal.id, order_ids=first_ids)


async def test_the_first_ids_are_in_the_alerts_order_at_whichever_accounts(house: House) -> None:
    trader = await house.trader()
    busy, quiet = trader.account, (await house.elsewhere(trader)).account
    for _ in range(3):
        await house.queued(trader)
    both, _ = await house.strategy(trader.user, busy, quiet)
    orders = [house.order(trader, account_id=account.id) for account in (busy, quiet, busy)]
    signal = house.signal(trader, *orders, strategy_id=both.id)
    await house.store.signals.record(signal)

    answer = await house.store.signals.record(again(signal))

    assert answer == Duplicate(signal_id=signal.id, order_ids=tuple(order.id for order in orders))


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


@pytest.mark.parametrize("window", [None, timedelta(seconds=30)])
async def test_a_copy_that_comes_too_fast_is_a_copy_and_takes_no_key(
    house: House, window: timedelta | None
) -> None:
    trader = await house.trader()
    dedupe = Dedupe(hash=secrets.token_bytes(32), window=window)
    too_fast = house.signal(
        trader, dedupe=dedupe, outcome=SignalOutcome.REJECTED, code="rate_limited"
    )
    signal = house.signal(trader, house.order(trader), dedupe=dedupe)

    before = await house.store.signals.record(too_fast)
    first = await house.store.signals.record(signal)
    after = await house.store.signals.record(again(too_fast))

    assert before == Recorded(signal_id=too_fast.id)
    assert isinstance(first, Recorded)
    assert isinstance(after, Duplicate)
    assert after.signal_id == signal.id


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


@pytest.mark.parametrize(("after_s", "is_copy"), [(0, True), (28, True), (30, False), (90, False)])
async def test_within_the_window_the_same_content_is_a_copy(
    house: House, after_s: float, *, is_copy: bool
) -> None:
    trader = await house.trader()
    dedupe = Dedupe(hash=secrets.token_bytes(32), window=timedelta(seconds=30))
    signal = house.signal(trader, dedupe=dedupe)
    await house.store.signals.record(signal)

    await house.later(after_s)
    answer = await house.store.signals.record(again(signal))

    assert isinstance(answer, Duplicate) is is_copy


async def test_the_window_runs_from_the_alert_that_counted(house: House) -> None:
    trader = await house.trader()
    dedupe = Dedupe(hash=secrets.token_bytes(32), window=timedelta(seconds=30))
    signal = house.signal(trader, dedupe=dedupe)
    answers: list[type] = []

    for _ in range(4):
        answers.append(type(await house.store.signals.record(again(signal))))
        await house.later(20)

    assert answers == [Recorded, Duplicate, Recorded, Duplicate]


async def test_a_refused_alert_does_not_use_its_key_up(house: House) -> None:
    trader = await house.trader()
    catalogue, strategy = house.store.catalogue, trader.strategy.id
    signal = house.signal(trader)
    await catalogue.set_strategy_state(trader.user, strategy, StrategyState.PAUSED)
    await house.store.signals.record(signal)
    await catalogue.set_strategy_state(trader.user, strategy, StrategyState.ACTIVE)

    assert isinstance(await house.store.signals.record(again(signal)), Recorded)
