"""Accounts, strategies and worker rows; everybody sees their own."""

from __future__ import annotations

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import StrategyId, WorkerId
from handlers.errors import AlreadyExistsError, ChangedMeanwhileError, NotFoundError
from handlers.records.accounts import AccountState, StrategySettings, StrategyState
from handlers.records.sizing_rules import DriftPolicy
from handlers.records.views import WorkerView

if TYPE_CHECKING:
    from bus.values import UserId
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def test_an_account_is_kept_as_it_was_given(house: House) -> None:
    user = await house.user()

    added = await house.account(
        user, name="紙上", options={"testnet": True}, multiplier=Decimal("0.50")
    )

    assert (added.name, added.options, str(added.multiplier)) == (
        "紙上", {"testnet": True}, "0.50",
    )  # fmt: skip
    assert added.created_at is not None
    assert await house.store.catalogue.accounts(user) == [added]


async def test_accounts_are_listed_newest_first(house: House) -> None:
    user = await house.user()
    added = [await house.account(user) for _ in range(3)]

    listed = await house.store.catalogue.accounts(user)

    assert [account.id for account in listed] == [account.id for account in reversed(added)]


async def test_an_account_is_added_once(house: House) -> None:
    trader = await house.trader()

    with pytest.raises(AlreadyExistsError):
        await house.store.catalogue.add_account(trader.account)


async def test_nobody_sees_anothers_accounts_or_strategies(house: House) -> None:
    await house.trader()
    other = await house.user()

    assert await house.store.catalogue.accounts(other) == []
    assert await house.store.catalogue.strategies(other) == []


async def test_nobody_disables_anothers_account(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    state = AccountState.DISABLED

    is_done = await house.store.catalogue.set_account_state(trader.user, other.account.id, state)

    assert not is_done
    [kept] = await house.store.catalogue.accounts(other.user)
    assert kept.state is AccountState.ENABLED


async def test_an_account_is_disabled_and_enabled(house: House) -> None:
    trader = await house.trader()
    states: list[AccountState] = []

    for state in (AccountState.DISABLED, AccountState.ENABLED):
        await house.store.catalogue.set_account_state(trader.user, trader.account.id, state)
        [kept] = await house.store.catalogue.accounts(trader.user)
        states.append(kept.state)

    assert states == [AccountState.DISABLED, AccountState.ENABLED]


async def test_a_strategy_is_kept_as_it_was_given(house: House) -> None:
    user = await house.user()
    accounts = [await house.account(user) for _ in range(2)]
    settings = StrategySettings(drift=DriftPolicy.RESYNC, entry_ttl_s=10)

    added, _ = await house.strategy(
        user, *accounts, default_quantity=Decimal("0.10"), dedupe_window_s=0, settings=settings
    )

    assert added.accounts == tuple(account.id for account in accounts)
    assert (str(added.default_quantity), added.dedupe_window_s) == ("0.10", 0)
    assert added.settings == settings
    assert await house.store.catalogue.strategies(user) == [added]


async def test_a_strategy_reaches_its_users_accounts_alone(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    strategy = msgspec.structs.replace(
        trader.strategy, id=StrategyId(uuid7()), accounts=(trader.account.id, other.account.id)
    )

    with pytest.raises(NotFoundError):
        await house.store.catalogue.add_strategy(strategy, token_hash=secrets.token_bytes(32))

    assert await house.store.catalogue.strategies(trader.user) == [trader.strategy]


async def test_a_token_belongs_to_one_strategy(house: House) -> None:
    trader = await house.trader()
    strategy = msgspec.structs.replace(trader.strategy, id=StrategyId(uuid7()))

    with pytest.raises(AlreadyExistsError):
        await house.store.catalogue.add_strategy(strategy, token_hash=trader.token_hash)


async def test_a_strategy_is_paused_and_resumed(house: House) -> None:
    trader = await house.trader()
    states: list[StrategyState] = []

    for state in (StrategyState.PAUSED, StrategyState.ACTIVE):
        await house.store.catalogue.set_strategy_state(trader.user, trader.strategy.id, state)
        [kept] = await house.store.catalogue.strategies(trader.user)
        states.append(kept.state)

    assert states == [StrategyState.PAUSED, StrategyState.ACTIVE]


async def test_nobody_pauses_anothers_strategy(house: House) -> None:
    trader, other = await house.trader(), await house.trader()

    assert not await house.store.catalogue.set_strategy_state(
        trader.user, other.strategy.id, StrategyState.PAUSED
    )


def a_worker(house: House, user: UserId | None, **fields: object) -> WorkerView:
    at = house.clock.now() - timedelta(hours=1)
    told: dict[str, object] = {
        "id": WorkerId(uuid7()), "user_id": user, "state": "ready", "epoch": None, "pid": 7,
        "host": "here", "started_at": at, "last_seen_at": at,
    }  # fmt: skip
    return msgspec.convert(told | fields, WorkerView)


async def test_a_worker_is_seen_now(house: House) -> None:
    user = await house.user()
    worker = a_worker(house, user)

    await house.store.workers.put(worker)

    [kept] = await house.store.queries.workers(user)
    assert kept.last_seen_at - worker.last_seen_at >= timedelta(minutes=59)
    assert msgspec.structs.replace(kept, last_seen_at=worker.last_seen_at) == worker


async def test_a_workers_row_is_written_again(house: House) -> None:
    user = (await house.trader()).user
    worker = a_worker(house, user)
    await house.store.workers.put(worker)

    await house.store.workers.put(msgspec.structs.replace(worker, state="serving", epoch=3))

    [kept] = await house.store.queries.workers(user)
    assert (kept.state, kept.epoch) == ("serving", 3)


async def test_a_worker_that_ended_is_forgotten(house: House) -> None:
    user = await house.user()
    worker = a_worker(house, user)
    await house.store.workers.put(worker)

    await house.store.workers.drop(worker.id)

    assert await house.store.queries.workers(user) == []


@pytest.mark.parametrize(("seconds", "is_shown"), [(20, True), (31, False)])
async def test_a_worker_that_nobody_saw_for_long_is_not_shown(
    house: House, seconds: int, *, is_shown: bool
) -> None:
    user = await house.user()
    await house.store.workers.put(a_worker(house, user))

    await house.later(seconds)

    assert bool(await house.store.queries.workers(user)) is is_shown


async def test_a_hosts_lost_workers_are_forgotten_and_no_others(house: House) -> None:
    user, now = await house.user(), house.clock.now()
    lost = a_worker(house, user, host="one")
    alive = a_worker(house, user, host="one")
    elsewhere = a_worker(house, user, host="two")
    young = a_worker(house, user, host="one", started_at=now + timedelta(seconds=1))
    for worker in (lost, alive, elsewhere, young):
        await house.store.workers.put(worker)

    await house.store.workers.drop_others("one", alive=[alive.id], started_before=now)

    kept = {worker.id for worker in await house.store.queries.workers(user)}
    assert kept == {alive.id, elsewhere.id, young.id}


async def test_everybodys_workers_are_those_without_a_user_too(house: House) -> None:
    worker = a_worker(house, None)
    await house.store.workers.put(worker)

    assert worker.id in [each.id for each in await house.store.queries.workers(None)]


async def test_only_what_changed_of_a_worker_comes_into_the_stream(house: House) -> None:
    user = await house.user()
    worker = a_worker(house, user)
    for row in (worker, worker, msgspec.structs.replace(worker, state="serving")):
        await house.store.workers.put(row)
    await house.store.workers.drop(worker.id)

    entries = await house.store.queries.stream_after(user, 0, limit=10)

    assert [(entry.kind, entry.object_id) for entry in entries] == [("worker", worker.id)] * 3


async def test_a_strategy_is_changed_but_for_its_state_and_tokens(house: House) -> None:
    trader = await house.trader()
    more = await house.account(trader.user)
    await house.store.catalogue.set_strategy_state(
        trader.user, trader.strategy.id, StrategyState.PAUSED
    )
    wanted = msgspec.structs.replace(
        trader.strategy,
        name="Reversal",
        accounts=(more.id, trader.account.id),
        default_quantity=Decimal("0.5"),
        dedupe_window_s=0,
        settings=StrategySettings(follows=True, drift=DriftPolicy.RESYNC, entry_ttl_s=5),
    )

    changed = await house.store.catalogue.change_strategy(wanted)

    expected = msgspec.structs.replace(wanted, state=StrategyState.PAUSED, revision=2)
    assert changed == expected
    assert await house.store.catalogue.strategies(trader.user) == [expected]
    recognised = await house.store.identity.recognise(trader.token_hash)
    assert recognised is not None
    assert recognised.strategy == expected


async def test_of_two_who_change_what_both_have_read_the_second_is_told(house: House) -> None:
    trader = await house.trader()
    catalogue = house.store.catalogue
    first = msgspec.structs.replace(trader.strategy, name="First")
    await catalogue.change_strategy(first)

    with pytest.raises(ChangedMeanwhileError):
        await catalogue.change_strategy(msgspec.structs.replace(trader.strategy, name="Second"))

    [kept] = await catalogue.strategies(trader.user)
    assert (kept.name, kept.revision) == ("First", 2)


async def test_a_change_that_changes_nothing_is_not_counted(house: House) -> None:
    trader = await house.trader()

    assert await house.store.catalogue.change_strategy(trader.strategy) == trader.strategy


async def test_a_strategy_is_not_changed_to_reach_anothers_account(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    wanted = msgspec.structs.replace(
        trader.strategy, name="Thief", accounts=(trader.account.id, other.account.id)
    )

    with pytest.raises(NotFoundError):
        await house.store.catalogue.change_strategy(wanted)

    assert await house.store.catalogue.strategies(trader.user) == [trader.strategy]


async def test_nobody_changes_anothers_strategy(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    wanted = msgspec.structs.replace(other.strategy, user_id=trader.user, name="Mine")

    assert await house.store.catalogue.change_strategy(wanted) is None
    assert await house.store.catalogue.strategies(other.user) == [other.strategy]
