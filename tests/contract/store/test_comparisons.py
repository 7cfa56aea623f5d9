"""Once a day each account that trades is compared, whichever record keeps the results."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderState
from handlers.records.accounts import Account
from handlers.records.comparison import (
    WINDOWS,
    DueComparison,
    NotCompared,
    day_of,
)
from tests.builders import ManualClock
from tests.contract.store.comparing import (
    ALL,
    DAY,
    DIFFERS,
    OLD,
    a_days_trader,
    at_work,
    compared,
    due,
    latest,
    ledger,
    to_a_days_begin,
    unreachable,
)

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


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
    made, age = await house.trader(), 3_500
    # Its day began after the account was made, and within an hour.
    is_moved = isinstance(house.clock, ManualClock)
    then = house.clock.now() + timedelta(seconds=age if is_moved else 0)
    ids = (AccountId(uuid7()) for _ in range(100_000))
    born = next(each for each in ids if then - day_of(each, "paper", then) < timedelta(minutes=50))
    new = Account(id=born, user_id=made.user, name="New", broker="paper", mode=Mode.PAPER)
    account = await house.store.catalogue.add_account(new)
    strategy, token_hash = await house.strategy(made.user, account)
    trader = replace(made, account=account, strategy=strategy, token_hash=token_hash)
    await house.in_state(trader, OrderState.ACCEPTED)
    await house.later(age)

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
    await to_a_days_begin(house, hopeless)
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
    asked = {each.user_id for each in await house.store.comparisons.due(limit=ALL)}
    assert asked & {trader.user, hopeless.user} == {trader.user}


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


async def test_what_a_failed_attempt_had_taken_in_is_not_forgotten(house: House) -> None:
    trader = await a_days_trader(house)
    await due(house, trader.user)
    asked = await ledger(house, trader)
    failed = NotCompared(
        account_id=trader.account.id,
        begins_at=asked.begins_at,
        at=house.clock.now(),
        code="broker_unavailable",
        why="away",
        found_fills=2,
        settled_orders=1,
    )
    assert await house.store.comparisons.keep(trader.lease, failed)

    again = await ledger(house, trader)

    assert (asked.found_fills, asked.settled_orders) == (0, 0)
    assert (again.found_fills, again.settled_orders) == (2, 1)


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


@pytest.mark.parametrize(
    ("recorded", "at_venue", "is_known"),
    [("1", "3", True), ("1.50", "3.5", True), ("1", "4", False)],
)
async def test_a_known_difference_is_news_only_when_it_grows_or_shrinks(
    house: House, recorded: str, at_venue: str, *, is_known: bool
) -> None:
    trader = await a_days_trader(house)
    await due(house, trader.user)
    first = await compared(house, trader, differences=(DIFFERS,))
    await house.store.comparisons.acknowledge(trader.user, trader.account.id, first.at)
    await house.later(DAY)
    await due(house, trader.user)
    trader = await at_work(house, trader)

    later = msgspec.structs.replace(DIFFERS, recorded=Decimal(recorded), at_venue=Decimal(at_venue))
    await compared(house, trader, differences=(later,))

    shown = await latest(house, trader)
    assert shown is not None
    assert (shown.acknowledged_at is not None) is is_known


@pytest.mark.parametrize("broker", ["paper", "shioaji"])
async def test_a_day_begins_when_the_rule_says(house: House, broker: str) -> None:
    made = await house.trader()
    account = await house.account(made.user, name=broker, broker=broker)
    strategy, token_hash = await house.strategy(made.user, account)
    trader = replace(made, account=account, strategy=strategy, token_hash=token_hash)
    await house.in_state(trader, OrderState.ACCEPTED)
    await house.later(OLD)
    trader = await at_work(house, trader)
    await due(house, trader.user)

    begun = (await ledger(house, trader)).begins_at

    assert begun == day_of(account.id, broker, house.clock.now())


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
