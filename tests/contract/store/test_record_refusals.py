"""What is recorded as denied or refused, and what is not recorded at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import OrderState, StrategyId, UserId
from handlers.errors import NotFoundError
from handlers.records.accounts import AccountState, StrategyState
from handlers.records.alerts import NewCancel, Recorded, RefusedAtRecord, SignalOutcome
from handlers.records.views import Filter, Span

if TYPE_CHECKING:
    from handlers.records.views import SignalView
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def engage(house: House, trader: Trader, *, allow_exits: bool = False) -> None:
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=allow_exits
    )


async def written(house: House, trader: Trader) -> list[SignalView]:
    return list(await house.store.queries.signals(trader.user, Filter(), Span()))


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


@pytest.mark.parametrize("symbol", [None, "BTCUSDT"])
async def test_while_the_switch_is_engaged_cancels_pass(house: House, symbol: str | None) -> None:
    trader = await house.trader()
    working = await house.in_state(trader, OrderState.ACCEPTED)
    await engage(house, trader, allow_exits=False)
    cancel = NewCancel(account_id=trader.account.id, symbol=symbol)

    answer = await house.store.signals.record(house.signal(trader, cancels=(cancel,)))

    assert isinstance(answer, Recorded)
    assert answer.to_cancel == ((working.id, trader.account.id),)


async def test_while_the_switch_is_engaged_a_cancel_carries_no_entry_through(
    house: House,
) -> None:
    trader = await house.trader()
    await engage(house, trader, allow_exits=False)
    cancel = NewCancel(account_id=trader.account.id, symbol=None)
    signal = house.signal(trader, house.order(trader), cancels=(cancel,))

    assert await house.store.signals.record(signal) == RefusedAtRecord(code="kill_switch_active")


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


async def test_what_was_judged_before_is_not_written_down_for_nobody(house: House) -> None:
    trader = await house.trader()
    signal = house.signal(
        trader, strategy_id=StrategyId(uuid7()), outcome=SignalOutcome.REFUSED, dedupe=None
    )

    with pytest.raises(NotFoundError):
        await house.store.signals.record(signal)


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


async def test_what_a_refused_alert_said_is_kept(house: House) -> None:
    trader = await house.trader()
    refused = house.signal(trader, outcome=SignalOutcome.REFUSED, code="x", dedupe=None)

    await house.store.signals.record(refused)

    [kept] = await written(house, trader)
    assert (kept.outcome, kept.code, kept.dialect) == (SignalOutcome.REFUSED, "x", "plain")
    assert kept.signal == {"ticker": "BTCUSDT", "action": "buy"}
