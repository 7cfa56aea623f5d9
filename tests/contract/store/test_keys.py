"""API keys, as their users manage them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bus.ids import uuid7
from handlers.records.people import NewKey

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.people import KeyView
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def added(house: House, user: UserId, **fields: Any) -> tuple[KeyView, bytes]:
    key_hash = secrets.token_bytes(32)
    told: dict[str, Any] = {"id": uuid7(), "name": "program", "scopes": ("read",)}
    return await house.store.keys.add(user, NewKey(**(told | fields)), key_hash=key_hash), key_hash


async def test_a_key_keeps_what_it_was_made_with(house: House) -> None:
    user = await house.user()
    ends_at = house.clock.now() + timedelta(days=1)

    made, key_hash = await added(
        house, user, expires_at=ends_at, networks=("203.0.113.0/24", "2001:db8::/32")
    )

    found = await house.store.identity.principal(key_hash)
    assert found is not None
    assert (found.key_id, found.expires_at) == (made.id, ends_at)
    assert found.networks == made.networks == ("203.0.113.0/24", "2001:db8::/32")


async def test_an_expired_key_stands_for_nobody(house: House) -> None:
    user = await house.user()
    _, key_hash = await added(house, user, expires_at=house.clock.now() + timedelta(minutes=1))

    await house.later(61)

    assert await house.store.identity.principal(key_hash) is None


async def test_keys_are_listed_newest_first_and_ones_own(house: House) -> None:
    user, other = await house.user(), await house.user()
    first, second = [(await added(house, user))[0] for _ in range(2)]
    await added(house, other)

    listed = await house.store.keys.keys(user)

    assert [each.id for each in listed] == [second.id, first.id]
    assert listed[0] == second


async def test_a_key_says_when_it_was_used_last(house: House) -> None:
    user = await house.user()
    made, key_hash = await added(house, user)

    await house.store.identity.principal(key_hash)

    (listed,) = await house.store.keys.keys(user)
    assert made.last_used_at is None
    assert listed.last_used_at is not None


async def test_nobody_drops_anothers_key(house: House) -> None:
    user, other = await house.user(), await house.user()
    made, key_hash = await added(house, user)

    assert not await house.store.keys.drop(other, made.id)
    assert await house.store.identity.principal(key_hash) is not None
    assert await house.store.keys.drop(user, made.id)
    assert await house.store.identity.principal(key_hash) is None
