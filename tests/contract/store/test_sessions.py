"""Sessions: whose they are, and how they end."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from bus.ids import uuid7
from handlers.records.people import NewSession, Opening

if TYPE_CHECKING:
    from uuid import UUID

    from bus.values import UserId
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio
HOUR = 60 * 60


async def opened(
    house: House, user: UserId, *, old: bytes | None = None, **fields: Any
) -> tuple[UUID, bytes]:
    token_hash = secrets.token_bytes(32)
    told: dict[str, Any] = {"id": uuid7(), "address": "203.0.113.9", "user_agent": "Browser"}
    new = NewSession(user_id=user, **(told | fields))
    await house.store.sessions.open(Opening(session=new, token_hash=token_hash, old_hash=old))
    return new.id, token_hash


async def test_a_token_stands_for_its_session_and_user(house: House) -> None:
    user = await house.user()
    session, token_hash = await opened(house, user)

    found = await house.store.sessions.find(token_hash)

    assert found is not None
    assert (found.id, found.user_id, found.address) == (session, user, "203.0.113.9")
    assert found.roles >= {"trader"}
    assert (found.has_totp, found.stepped_up_at) == (False, None)


async def test_an_unknown_token_stands_for_nobody(house: House) -> None:
    assert await house.store.sessions.find(secrets.token_bytes(32)) is None


async def test_a_session_that_nobody_uses_ends_after_12_hours(house: House) -> None:
    _, token_hash = await opened(house, await house.user())

    await house.later(12 * HOUR + 1)

    assert await house.store.sessions.find(token_hash) is None


async def test_use_lets_a_session_live_on_for_7_days_at_most(house: House) -> None:
    _, token_hash = await opened(house, await house.user())
    alive: list[bool] = []

    for _ in range(17):
        await house.later(10 * HOUR)
        alive.append(await house.store.sessions.find(token_hash) is not None)

    assert alive == [True] * 16 + [False]


async def test_a_session_says_when_a_second_factor_was_shown(house: House) -> None:
    _, token_hash = await opened(house, await house.user(), is_stepped_up=True)

    found = await house.store.sessions.find(token_hash)

    assert found is not None
    assert found.stepped_up_at is not None


async def test_the_session_before_ends_with_the_new_one(house: House) -> None:
    user = await house.user()
    _, old = await opened(house, user)

    _, new = await opened(house, user, old=old)

    assert await house.store.sessions.find(old) is None
    assert await house.store.sessions.find(new) is not None


async def test_sessions_are_listed_newest_first_and_ones_own(house: House) -> None:
    user, other = await house.user(), await house.user()
    first, second = [(await opened(house, user))[0] for _ in range(2)]
    await opened(house, other)

    listed = await house.store.sessions.sessions(user)

    assert [each.id for each in listed] == [second, first]


async def test_nobody_ends_anothers_session(house: House) -> None:
    user, other = await house.user(), await house.user()
    session, token_hash = await opened(house, user)

    assert not await house.store.sessions.end(other, session)
    assert await house.store.sessions.find(token_hash) is not None
    assert await house.store.sessions.end(user, session)
    assert await house.store.sessions.find(token_hash) is None


async def test_all_end_but_the_one_that_is_named(house: House) -> None:
    user, other = await house.user(), await house.user()
    kept, kept_hash = await opened(house, user)
    _, gone_hash = await opened(house, user)
    _, others_hash = await opened(house, other)

    ended = await house.store.sessions.end_all(user, but=kept)

    found = [await house.store.sessions.find(each) for each in (kept_hash, gone_hash, others_hash)]
    assert ended == 1
    assert [each is not None for each in found] == [True, False, True]


async def test_a_user_has_fifty_sessions_at_most(house: House) -> None:
    user = await house.user()
    tokens = [(await opened(house, user))[1] for _ in range(52)]

    found = [await house.store.sessions.find(each) is not None for each in tokens]

    assert found == [False] * 2 + [True] * 50


async def test_twenty_devices_are_known_at_most(house: House) -> None:
    user = await house.user()
    devices = [secrets.token_bytes(32) for _ in range(22)]
    for device in devices:
        await house.store.sessions.know_device(user, device_hash=device)
    session = await house.store.sessions.find((await opened(house, user))[1])
    assert session is not None

    known = [
        found.is_known_device
        for device in devices
        if (found := await house.store.passwords.credentials(session.email, device))
    ]

    assert known == [False] * 2 + [True] * 20


async def test_that_a_session_was_seen_is_written_once_a_minute_at_most(house: House) -> None:
    user = await house.user()
    _, token = await opened(house, user)

    ages: list[float] = []
    for wait in (30, 40):
        await house.later(wait)
        await house.store.sessions.find(token)
        [seen] = await house.store.sessions.sessions(user)
        ages.append((house.clock.now() - seen.last_seen_at).total_seconds())

    assert ages[0] > 29
    assert ages[1] < 20
