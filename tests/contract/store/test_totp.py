"""Second factors: one in force, each code once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import Mode
from handlers.errors import RefusedError
from handlers.records.accounts import AccountState
from handlers.records.audit import Deed
from handlers.records.people import NewSession, Opening

if TYPE_CHECKING:
    from bus.values import UserId
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


def an_opening(user: UserId) -> Opening:
    session = NewSession(id=uuid7(), user_id=user, address="203.0.113.9", user_agent="")
    return Opening(session=session, token_hash=secrets.token_bytes(32))


async def in_force(house: House, *codes: bytes) -> UserId:
    user = await house.user()
    await house.store.totp.enroll(user, b"sealed")
    assert await house.store.totp.confirm(user, step=100, code_hashes=codes)
    return user


async def test_a_seed_counts_once_it_is_confirmed(house: House) -> None:
    user = await house.user()
    await house.store.totp.enroll(user, b"sealed")

    before = await house.store.totp.read(user)
    confirmed = await house.store.totp.confirm(user, step=7, code_hashes=[])
    after = await house.store.totp.read(user)

    assert before is not None
    assert after is not None
    assert confirmed
    assert (before.is_confirmed, after.is_confirmed, after.last_step) == (False, True, 7)
    assert after.sealed_seed == b"sealed"


async def test_a_session_begins_with_the_seed_and_the_one_before_ends(house: House) -> None:
    user = await house.user()
    await house.store.totp.enroll(user, b"sealed")
    before, after = an_opening(user), an_opening(user)
    await house.store.sessions.open(before)
    after = msgspec.structs.replace(after, old_hash=before.token_hash)

    refused = await house.store.totp.confirm(user, step=0, code_hashes=[], opening=after)
    untouched = await house.store.sessions.find(before.token_hash)
    taken = await house.store.totp.confirm(user, step=7, code_hashes=[], opening=after)

    assert (refused, taken) == (False, True)
    assert untouched is not None
    assert await house.store.sessions.find(before.token_hash) is None
    found = await house.store.sessions.find(after.token_hash)
    assert found is not None
    assert found.has_totp


async def test_a_seed_that_was_not_confirmed_is_replaced(house: House) -> None:
    user = await house.user()

    answers = [await house.store.totp.enroll(user, seed) for seed in (b"first", b"second")]

    kept = await house.store.totp.read(user)
    assert answers == [True, True]
    assert kept is not None
    assert kept.sealed_seed == b"second"


async def test_a_confirmed_seed_is_not_replaced(house: House) -> None:
    user = await in_force(house)

    assert not await house.store.totp.enroll(user, b"other")
    assert not await house.store.totp.confirm(user, step=200, code_hashes=[])


async def test_a_step_is_used_once_and_none_before_it(house: House) -> None:
    user = await in_force(house)

    answers = [await house.store.totp.use_step(user, step) for step in (100, 99, 102, 102, 101)]

    assert answers == [False, False, True, False, False]


async def test_of_many_at_a_time_one_uses_the_step(house: House) -> None:
    user = await in_force(house)
    answers: list[bool] = []

    async def use() -> None:
        answers.append(await house.store.totp.use_step(user, 101))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(use)

    assert sorted(answers) == [False] * 7 + [True]


async def test_a_seed_that_is_not_in_force_has_no_steps(house: House) -> None:
    user = await house.user()
    await house.store.totp.enroll(user, b"sealed")

    assert not await house.store.totp.use_step(user, 101)


async def test_a_recovery_code_is_good_once_and_its_users_alone(house: House) -> None:
    code = secrets.token_bytes(32)
    user, other = await in_force(house, code, secrets.token_bytes(32)), await in_force(house)
    use = house.store.totp.use_recovery_code

    assert not await use(other, code)
    assert [await use(user, code), await use(user, code)] == [True, False]


async def test_who_does_without_has_no_recovery_codes_left(house: House) -> None:
    code = secrets.token_bytes(32)
    user = await in_force(house, code)

    answers = [await house.store.totp.disable(user), await house.store.totp.disable(user)]

    assert answers == [True, False]
    assert await house.store.totp.read(user) is None
    assert not await house.store.totp.use_recovery_code(user, code)


async def test_the_second_factor_stays_while_live_trading_is_armed(house: House) -> None:
    code = secrets.token_bytes(32)
    user = await in_force(house, code)
    live = await house.account(user, mode=Mode.LIVE)
    deed = Deed(actor="session:1", action="totp.disable")

    with pytest.raises(RefusedError) as refused:
        await house.store.totp.disable(user, deed=deed)

    assert refused.value.code == "live_trading_armed"
    assert await house.store.totp.read(user) is not None
    assert await house.store.totp.use_recovery_code(user, code)
    assert await house.store.audit.after(user, 0, limit=9) == []
    await house.store.catalogue.set_account_state(user, live.id, AccountState.DISABLED)
    assert await house.store.totp.disable(user, deed=deed)


async def test_what_trades_on_paper_or_is_anothers_arms_nothing(house: House) -> None:
    user, other = await in_force(house), await house.user()
    await house.account(user)
    await house.account(other, mode=Mode.LIVE)

    assert await house.store.totp.disable(user)
