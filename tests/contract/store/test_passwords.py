"""Passwords, sign-ups and mailed tokens: each good once, and not for long."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.values import Mode, UserId
from handlers.records.accounts import AccountState
from handlers.records.people import (
    MailedPurpose,
    NewSession,
    Opening,
    SignInCredentials,
    SignUp,
    UsedLink,
)

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio
DEVICE = b"d" * 32


async def a_user(house: House) -> tuple[UserId, str]:
    user, email = UserId(uuid7()), f"{secrets.token_hex(8)}@example.com"
    await house.store.identity.add_user(user, email=email, password_hash="first")
    return user, email


async def credentials(house: House, email: str) -> SignInCredentials:
    found = await house.store.passwords.credentials(email, DEVICE)
    assert found is not None
    return found


async def a_sign_up(house: House, email: str, password_hash: str = "hash") -> bytes:
    token_hash = secrets.token_bytes(32)
    sign_up = SignUp(email=email, password_hash=password_hash, locale="zh-TW")
    await house.store.passwords.note_sign_up(sign_up, token_hash=token_hash)
    return token_hash


async def a_token(house: House, user: UserId, purpose: MailedPurpose) -> bytes:
    token_hash = secrets.token_bytes(32)
    await house.store.passwords.give_token(user, purpose, token_hash=token_hash)
    return token_hash


async def test_an_address_leads_to_its_credentials(house: House) -> None:
    user, email = await a_user(house)

    found = await credentials(house, email)

    assert (found.id, found.email, found.password_hash) == (user, email, "first")
    assert (found.has_totp, found.is_known_device) == (False, False)


async def test_an_unknown_address_leads_nowhere(house: House) -> None:
    assert await house.store.passwords.credentials("nobody@example.com", DEVICE) is None


async def test_a_device_is_known_to_its_user_alone(house: House) -> None:
    user, email = await a_user(house)
    _, other = await a_user(house)
    device = secrets.token_bytes(32)
    await house.store.sessions.know_device(user, device_hash=device)

    mine = await house.store.passwords.credentials(email, device)
    theirs = await house.store.passwords.credentials(other, device)

    assert mine is not None
    assert theirs is not None
    assert (mine.is_known_device, theirs.is_known_device) == (True, False)


async def test_a_sign_up_makes_its_user_once(house: House) -> None:
    email = f"{secrets.token_hex(8)}@example.com"
    token_hash = await a_sign_up(house, email)
    verify = house.store.passwords.verify_sign_up

    made = [await verify(UserId(uuid7()), token_hash=token_hash) for _ in range(2)]

    found = await credentials(house, email)
    assert made == [True, False]
    assert (found.password_hash, found.locale) == ("hash", "zh-TW")


async def test_a_sign_up_is_too_old_after_30_minutes(house: House) -> None:
    token_hash = await a_sign_up(house, f"{secrets.token_hex(8)}@example.com")

    await house.later(30 * 60 + 1)

    verify = house.store.passwords.verify_sign_up
    assert not await verify(UserId(uuid7()), token_hash=token_hash)


async def test_of_two_sign_ups_the_one_that_is_confirmed_counts(house: House) -> None:
    email = f"{secrets.token_hex(8)}@example.com"
    strangers = await a_sign_up(house, email, "strangers")
    owners = await a_sign_up(house, email, "owners")
    verify = house.store.passwords.verify_sign_up

    made = [await verify(UserId(uuid7()), token_hash=token) for token in (owners, strangers)]

    assert made == [True, False]
    assert (await credentials(house, email)).password_hash == "owners"


async def test_a_link_is_good_once_however_many_try(house: House) -> None:
    user, _ = await a_user(house)
    token_hash = await a_token(house, user, MailedPurpose.LINK)
    told: list[UserId | None] = []

    async def use() -> None:
        used = await house.store.passwords.use_link(token_hash, has_code=False)
        told.append(None if used is None else used.user)

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(use)

    assert sorted(map(str, told)) == sorted([str(user), *["None"] * 7])


async def test_a_link_is_too_old_after_30_minutes(house: House) -> None:
    user, _ = await a_user(house)
    token_hash = await a_token(house, user, MailedPurpose.LINK)

    await house.later(30 * 60 + 1)

    assert await house.store.passwords.use_link(token_hash, has_code=False) is None


async def test_a_link_of_two_factors_stays_good_until_a_code_is_shown(house: House) -> None:
    user, _ = await a_user(house)
    token_hash = await a_token(house, user, MailedPurpose.LINK)
    use = house.store.passwords.use_link
    await house.store.totp.enroll(user, b"sealed")
    await house.store.totp.confirm(user, step=1, code_hashes=())

    looks = [await use(token_hash, has_code=False) for _ in range(2)]
    shown = await use(token_hash, has_code=True)

    assert looks == [UsedLink(user=user, is_used=False)] * 2
    assert shown == UsedLink(user=user, is_used=True)
    assert await use(token_hash, has_code=False) is None


async def test_a_link_of_two_factors_is_too_old_after_30_minutes(house: House) -> None:
    user, _ = await a_user(house)
    token_hash = await a_token(house, user, MailedPurpose.LINK)
    await house.store.totp.enroll(user, b"sealed")
    await house.store.totp.confirm(user, step=1, code_hashes=())

    await house.later(30 * 60 + 1)

    assert await house.store.passwords.use_link(token_hash, has_code=False) is None


async def test_a_reset_of_two_factors_is_no_link(house: House) -> None:
    user, _ = await a_user(house)
    token_hash = await a_token(house, user, MailedPurpose.RESET)
    await house.store.totp.enroll(user, b"sealed")
    await house.store.totp.confirm(user, step=1, code_hashes=())

    assert await house.store.passwords.use_link(token_hash, has_code=False) is None


async def test_a_token_is_good_for_its_purpose_alone(house: House) -> None:
    user, _ = await a_user(house)
    reset = await a_token(house, user, MailedPurpose.RESET)
    link = await a_token(house, user, MailedPurpose.LINK)

    assert await house.store.passwords.use_link(reset, has_code=True) is None
    assert await house.store.passwords.reset_password("new", token_hash=link) is None
    assert await house.store.passwords.use_link(link, has_code=True) == UsedLink(
        user=user, is_used=True
    )


async def test_a_new_password_ends_sessions_devices_and_mailed_tokens(house: House) -> None:
    user, email = await a_user(house)
    session, link = secrets.token_bytes(32), await a_token(house, user, MailedPurpose.LINK)
    new = NewSession(id=uuid7(), user_id=user, address="203.0.113.9", user_agent="")
    await house.store.sessions.open(Opening(session=new, token_hash=session))
    await house.store.sessions.know_device(user, device_hash=DEVICE)

    assert await house.store.passwords.set_password(user, "second")

    found = await credentials(house, email)
    assert (found.password_hash, found.is_known_device) == ("second", False)
    assert await house.store.sessions.find(session) is None
    assert await house.store.passwords.use_link(link, has_code=True) is None


async def test_hashing_anew_ends_nothing_and_replaces_only_what_stands(house: House) -> None:
    user, email = await a_user(house)
    session = secrets.token_bytes(32)
    new = NewSession(id=uuid7(), user_id=user, address="203.0.113.9", user_agent="")
    await house.store.sessions.open(Opening(session=new, token_hash=session))
    rehash = house.store.passwords.set_password

    answers = [
        await rehash(user, "again", old_hash="first"),
        await rehash(user, "lost", old_hash="first"),
    ]

    assert answers == [True, False]
    assert (await credentials(house, email)).password_hash == "again"
    assert await house.store.sessions.find(session) is not None


async def test_a_reset_disables_live_accounts_of_this_user_alone(house: House) -> None:
    user, _ = await a_user(house)
    other, _ = await a_user(house)
    await house.account(user, mode=Mode.LIVE)
    await house.account(user, mode=Mode.PAPER)
    await house.account(other, mode=Mode.LIVE)
    token_hash = await a_token(house, user, MailedPurpose.RESET)

    answer = await house.store.passwords.reset_password("new", token_hash=token_hash)

    mine = {each.mode: each.state for each in await house.store.catalogue.accounts(user)}
    theirs = [each.state for each in await house.store.catalogue.accounts(other)]
    assert answer == user
    assert mine == {Mode.LIVE: AccountState.DISABLED, Mode.PAPER: AccountState.ENABLED}
    assert theirs == [AccountState.ENABLED]
    assert await house.store.passwords.reset_password("x", token_hash=token_hash) is None
