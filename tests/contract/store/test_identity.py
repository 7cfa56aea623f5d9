"""Who is who: users, API keys, webhook tokens."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import UserId
from handlers.errors import AlreadyExistsError
from handlers.records.access import Principal
from handlers.records.accounts import AccountState, StrategyState
from handlers.records.people import NewKey

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def test_a_token_stands_for_its_strategy_and_accounts(house: House) -> None:
    user = await house.user()
    accounts = [await house.account(user) for _ in range(2)]
    strategy, token_hash = await house.strategy(user, *reversed(accounts))

    found = await house.store.identity.recognise(token_hash)

    assert found is not None
    assert found.strategy == strategy
    assert found.accounts == tuple(reversed(accounts))
    assert not found.is_switch_engaged


async def test_an_unknown_token_stands_for_nothing(house: House) -> None:
    assert await house.store.identity.recognise(secrets.token_bytes(32)) is None


async def test_a_token_tells_what_is_disabled_paused_and_engaged(house: House) -> None:
    trader = await house.trader()
    catalogue = house.store.catalogue
    await catalogue.set_account_state(trader.user, trader.account.id, AccountState.DISABLED)
    await catalogue.set_strategy_state(trader.user, trader.strategy.id, StrategyState.PAUSED)
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=False
    )

    found = await house.store.identity.recognise(trader.token_hash)

    assert found is not None
    assert found.accounts[0].state is AccountState.DISABLED
    assert found.strategy.state is StrategyState.PAUSED
    assert found.is_switch_engaged


async def test_a_key_stands_for_its_user_and_scopes(house: House) -> None:
    user, key_id, key_hash = await house.user(), uuid7(), secrets.token_bytes(32)

    key = NewKey(id=key_id, name="cli", scopes=("read", "trade"))
    await house.store.keys.add(user, key, key_hash=key_hash)

    found = await house.store.identity.principal(key_hash)

    assert found is not None
    assert found.roles >= {"trader"}
    assert msgspec.structs.replace(found, roles=frozenset()) == Principal(
        user_id=user, key_id=key_id, scopes=frozenset({"read", "trade"}), expires_at=None
    )


async def test_an_unknown_key_stands_for_nobody(house: House) -> None:
    assert await house.store.identity.principal(secrets.token_bytes(32)) is None


async def test_an_e_mail_address_belongs_to_one_user(house: House) -> None:
    name = f"{secrets.token_hex(6)}@example.com"
    await house.store.identity.add_user(UserId(uuid7()), email=name, password_hash="x")

    with pytest.raises(AlreadyExistsError):
        await house.store.identity.add_user(UserId(uuid7()), email=name.upper(), password_hash="x")


async def test_somebody_signed_up(house: House) -> None:
    await house.user()

    assert await house.store.identity.has_users()


async def test_both_tokens_live_during_a_rotation(house: House) -> None:
    trader = await house.trader()
    new_hash = secrets.token_bytes(32)
    until = house.clock.now() + timedelta(seconds=30)

    old = await house.store.catalogue.rotate_token(
        trader.user, trader.strategy.id, token_hash=new_hash, old_until=until
    )

    assert old == [trader.token_hash]
    recognise = house.store.identity.recognise
    old, new = await recognise(trader.token_hash), await recognise(new_hash)
    assert old is not None
    assert new is not None
    assert (old.strategy, old.accounts) == (new.strategy, new.accounts)


async def test_the_old_token_ends_when_it_was_told_to(house: House) -> None:
    trader = await house.trader()
    new_hash = secrets.token_bytes(32)
    until = house.clock.now() + timedelta(seconds=30)
    await house.store.catalogue.rotate_token(
        trader.user, trader.strategy.id, token_hash=new_hash, old_until=until
    )

    await house.later(31)

    assert await house.store.identity.recognise(trader.token_hash) is None
    assert await house.store.identity.recognise(new_hash) is not None


async def test_a_second_rotation_ends_the_oldest_token_at_once(house: House) -> None:
    trader = await house.trader()
    rotate, until = house.store.catalogue.rotate_token, house.clock.now() + timedelta(seconds=90)
    second, third = secrets.token_bytes(32), secrets.token_bytes(32)
    mine = (trader.user, trader.strategy.id)
    await rotate(*mine, token_hash=second, old_until=until)

    old = await rotate(*mine, token_hash=third, old_until=until)

    assert old == sorted([trader.token_hash, second])
    assert await house.store.identity.recognise(trader.token_hash) is None
    assert await house.store.identity.recognise(second) is not None


async def test_rotations_at_a_time_leave_two_tokens(house: House) -> None:
    trader = await house.trader()
    until = house.clock.now() + timedelta(seconds=90)
    hashes = [secrets.token_bytes(32) for _ in range(6)]

    async def rotate(token_hash: bytes) -> None:
        await house.store.catalogue.rotate_token(
            trader.user, trader.strategy.id, token_hash=token_hash, old_until=until
        )

    async with anyio.create_task_group() as tasks:
        for token_hash in hashes:
            tasks.start_soon(rotate, token_hash)

    found = [await house.store.identity.recognise(each) for each in hashes]
    assert sum(each is not None for each in found) == 2


async def test_nobody_rotates_anothers_token(house: House) -> None:
    trader, other = await house.trader(), await house.trader()

    answer = await house.store.catalogue.rotate_token(
        trader.user, other.strategy.id, token_hash=secrets.token_bytes(32),
        old_until=house.clock.now(),
    )  # fmt: skip

    assert answer is None
    assert await house.store.identity.recognise(other.token_hash) is not None
