"""Once a day each account that trades is compared, whichever record keeps the results."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.values import OrderState, Side
from handlers.records.comparison import (
    WINDOWS,
    Comparison,
    DueComparison,
    NotCompared,
    PositionDiffers,
    Traded,
    day_of,
)
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.accounts import Account
    from handlers.records.comparison import LatestComparison, Ledger
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

ALL = 100_000
DAY = 86_400
OLD = DAY + 3_601
DIFFERS = PositionDiffers(symbols=("BTCUSDT",), recorded=Decimal(1), at_venue=Decimal(3))


async def due(house: House, user: UserId) -> list[DueComparison]:
    found = await house.store.comparisons.due(limit=ALL)
    return [each for each in found if each.user_id == user]


async def a_days_trader(house: House, *, state: OrderState = OrderState.ACCEPTED) -> Trader:
    """Return a trader whose account's first day has begun, with one order in this state."""
    trader = await house.trader()
    await house.in_state(trader, state)
    await house.later(OLD)
    return await at_work(house, trader)


async def to_a_days_begin(house: House, trader: Trader) -> None:
    """Let time pass until just after the account's next day begins, where a clock is moved."""
    now = house.clock.now()
    next_day = day_of(trader.account.id, "paper", now) + timedelta(days=1)
    await house.later((next_day - now).total_seconds() + 1)


async def at_work(house: House, trader: Trader) -> Trader:
    """Give the trader's worker a lease that runs."""
    lease = await house.store.leases.take(trader.user, trader.lease.worker_id)
    return trader if lease is None else replace(trader, lease=lease)


async def ledger(house: House, trader: Trader) -> Ledger:
    found = await house.store.comparisons.ledger(trader.lease, trader.account.id)
    assert found is not None
    return found


async def latest(house: House, trader: Trader) -> LatestComparison | None:
    found = await house.store.comparisons.latest(trader.user)
    return next((each for each in found if each.account_id == trader.account.id), None)


async def compared(house: House, trader: Trader, **fields: object) -> Comparison:
    """Write down a comparison of the account's day."""
    asked = await ledger(house, trader)
    told: dict[str, object] = {
        "account_id": trader.account.id,
        "begins_at": asked.begins_at,
        "at": house.clock.now(),
        "since": asked.since,
    }
    result = Comparison(**(told | fields))  # pyright: ignore[reportArgumentType] - a test's own
    assert await house.store.comparisons.keep(trader.lease, result)
    return result


def unreachable(begins_at: datetime, trader: Trader, *, is_hopeless: bool = False) -> NotCompared:
    return NotCompared(
        account_id=trader.account.id,
        begins_at=begins_at,
        at=begins_at,
        code="auth" if is_hopeless else "broker_unavailable",
        why="no answer",
        is_hopeless=is_hopeless,
    )


async def test_an_account_is_compared_once_a_day(house: House) -> None:
    trader = await a_days_trader(house)

    first = await due(house, trader.user)
    again = await due(house, trader.user)
    await house.later(DAY)

    assert [(each.account_id, each.attempt) for each in first] == [(trader.account.id, 1)]
    assert again == []
    assert [each.attempt for each in await due(house, trader.user)] == [1]


async def test_a_comparison_is_given_out_once_however_many_ask(house: House) -> None:
    trader = await a_days_trader(house)
    given: list[DueComparison] = []

    async def ask() -> None:
        given.extend(await due(house, trader.user))

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(ask)

    assert len(given) == 1


async def test_a_new_account_waits_for_a_day_of_its_own(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.ACCEPTED)
    await house.later(3_500)

    assert await due(house, trader.user) == []


@pytest.mark.parametrize("state", [OrderState.QUEUED, OrderState.DENIED])
async def test_an_account_that_was_never_traded_at_is_left_alone(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)
    await house.later(OLD)
    if state is OrderState.QUEUED:
        assert await house.store.upkeep.expire(order.id)

    assert await due(house, trader.user) == []


async def test_a_disabled_account_is_left_alone(house: House) -> None:
    trader = await a_days_trader(house)
    await house.store.catalogue.set_account_state(trader.user, trader.account.id, "disabled")

    assert await due(house, trader.user) == []


async def test_what_came_to_nothing_is_asked_for_again_and_not_for_ever(house: House) -> None:
    trader = await a_days_trader(house)
    await to_a_days_begin(house, trader)
    attempts: list[int] = []

    for _ in range(9):
        attempts += [each.attempt for each in await due(house, trader.user)]
        assert await due(house, trader.user) == []
        await house.later(31 * 60)

    assert attempts == [1, 2, 3, 4, 5, 6]


async def test_an_unreachable_venue_is_asked_again_unless_only_its_owner_can_help(
    house: House,
) -> None:
    trader, hopeless = await house.trader(), await house.trader()
    for each in (trader, hopeless):
        await house.in_state(each, OrderState.ACCEPTED)
    await house.later(OLD)
    await to_a_days_begin(house, trader)
    trader, hopeless = await at_work(house, trader), await at_work(house, hopeless)
    for each in (trader, hopeless):
        await due(house, each.user)
        begins_at = (await ledger(house, each)).begins_at
        result = unreachable(begins_at, each, is_hopeless=each is hopeless)
        assert await house.store.comparisons.keep(each.lease, result)
    shown = await latest(house, hopeless)

    await house.later(31 * 60)

    assert shown is not None
    assert shown.failure is not None
    assert shown.failure.code == "auth"
    assert len(await due(house, trader.user)) == 1
    assert await due(house, hopeless.user) == []


async def test_a_ledger_has_what_was_sent_and_the_keys_of_fills(house: House) -> None:
    trader = await a_days_trader(house)
    order = await house.sending(trader)
    fill = a_fill(order, "1")
    await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(fill,))
    unsent = await house.queued(trader)
    await due(house, trader.user)

    found = await ledger(house, trader)

    known = {each.id: each for each in found.orders}
    assert known[order.id].client_order_id == order.client_order_id
    assert known[order.id].filled_quantity == 1
    assert unsent.id not in known
    assert fill.fill_key in found.fill_keys


async def test_a_ledger_goes_on_where_the_last_comparison_began(house: House) -> None:
    trader = await a_days_trader(house)
    await due(house, trader.user)
    before = await ledger(house, trader)
    first = await compared(house, trader)

    await house.later(DAY)
    await due(house, trader.user)
    trader = await at_work(house, trader)
    after = await ledger(house, trader)

    assert before.since < first.at - timedelta(days=6)
    assert after.since == first.at - timedelta(hours=1)


async def test_nothing_is_compared_that_was_not_asked_for_or_is_done(house: House) -> None:
    trader = await a_days_trader(house)
    comparisons, account = house.store.comparisons, trader.account.id

    early = await comparisons.ledger(trader.lease, account)
    await due(house, trader.user)
    result = await compared(house, trader)

    assert early is None
    assert await comparisons.ledger(trader.lease, account) is None
    assert not await comparisons.keep(trader.lease, result)


async def test_a_failure_after_a_comparison_of_the_same_day_is_not_kept(house: House) -> None:
    trader = await a_days_trader(house)
    await due(house, trader.user)
    result = await compared(house, trader)

    failed = unreachable(result.begins_at, trader)
    assert not await house.store.comparisons.keep(trader.lease, failed)

    shown = await latest(house, trader)
    assert shown is not None
    assert (shown.comparison, shown.failure) == (result, None)


async def test_holdings_are_the_sums_of_all_fills_and_their_fees(house: House) -> None:
    trader = await a_days_trader(house)
    await filled(house, trader, Side.BUY, "1.5", price="100", fee="0.1", fee_currency="BTC")
    await filled(house, trader, Side.SELL, "0.5", price="110", fee="2", fee_currency="USDT")

    held = await house.store.comparisons.holdings(trader.lease, trader.account.id)

    assert held.traded == (
        Traded(symbol="BTCUSDT", fills=2, quantity=Decimal("1.0"), value=Decimal("95.0")),
    )
    assert held.fees == {"BTC": Decimal("0.1"), "USDT": Decimal(2)}


@pytest.mark.parametrize("state", list(OrderState))
async def test_what_may_be_at_the_venue_without_a_word_is_in_doubt(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    await house.in_state(trader, state)

    held = await house.store.comparisons.holdings(trader.lease, trader.account.id)

    unsure = {OrderState.SENDING, OrderState.UNKNOWN, OrderState.NEEDS_REVIEW}
    assert held.in_doubt == ({"BTCUSDT"} if state in unsure else set())


async def test_differences_are_shown_until_their_owner_knows_of_them(house: House) -> None:
    trader = await a_days_trader(house)
    await due(house, trader.user)
    result = await compared(house, trader, differences=(DIFFERS,))
    comparisons, account = house.store.comparisons, trader.account.id

    before = await latest(house, trader)
    answers = [
        await comparisons.acknowledge(trader.user, account, result.at - timedelta(seconds=1)),
        await comparisons.acknowledge(trader.user, account, result.at),
        await comparisons.acknowledge(trader.user, account, result.at),
    ]
    after = await latest(house, trader)

    assert before is not None
    assert after is not None
    assert before.comparison == after.comparison == result
    assert answers == [False, True, True]
    assert before.acknowledged_at is None
    assert after.acknowledged_at is not None


@pytest.mark.parametrize("is_same", [True, False])
async def test_a_known_difference_is_news_only_when_it_changes(
    house: House, *, is_same: bool
) -> None:
    trader = await a_days_trader(house)
    await due(house, trader.user)
    first = await compared(house, trader, differences=(DIFFERS,))
    await house.store.comparisons.acknowledge(trader.user, trader.account.id, first.at)
    await house.later(DAY)
    await due(house, trader.user)
    trader = await at_work(house, trader)

    other = msgspec.structs.replace(DIFFERS, at_venue=Decimal(4))
    await compared(house, trader, differences=(DIFFERS if is_same else other,))

    shown = await latest(house, trader)
    assert shown is not None
    assert (shown.acknowledged_at is not None) is is_same


async def test_a_worker_without_the_lease_sees_and_writes_nothing(house: House) -> None:
    trader = await a_days_trader(house)
    await filled(house, trader, Side.BUY, "1", price="1", fee="0", fee_currency="USDT")
    await due(house, trader.user)
    found = await ledger(house, trader)
    result = Comparison(
        account_id=trader.account.id,
        begins_at=found.begins_at,
        at=house.clock.now(),
        since=found.since,
    )
    stranger = await house.trader()
    comparisons, account = house.store.comparisons, trader.account.id

    assert await comparisons.ledger(stranger.lease, account) is None
    assert (await comparisons.holdings(stranger.lease, account)).traded == ()
    assert not await comparisons.keep(stranger.lease, result)
    assert await comparisons.latest(stranger.user) == []


async def test_an_account_of_sinopac_is_compared_between_two_of_its_days(house: House) -> None:
    user = await house.user()
    first, span = WINDOWS["shioaji"]
    accounts: list[Account] = [
        await house.account(user, name=str(n), broker="shioaji") for n in range(8)
    ]

    begun = [day_of(each.id, each.broker, house.clock.now()) for each in accounts]

    midnights = [each.replace(hour=0, minute=0, second=0, microsecond=0) for each in begun]
    offsets = [at - midnight for at, midnight in zip(begun, midnights, strict=True)]
    assert all(first <= offset < first + span for offset in offsets)


async def filled(
    house: House, trader: Trader, side: Side, quantity: str, *, price: str, fee: str,
    fee_currency: str,
) -> Order:  # fmt: skip
    """Trade, and write the fill down."""
    order = await house.sending(trader, side=side, frozen_quantity=Decimal(quantity))
    fill = a_fill(order, quantity, price, side=side, fee=Decimal(fee), fee_currency=fee_currency)
    await house.settle(order, OrderState.FILLED, fills=(fill,))
    return order
