"""A second factor and the session that begins with it come into force together, or neither does."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from handlers.errors import AlreadyExistsError
from handlers.records.people import NewSession, Opening

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_without_the_new_session_no_second_factor_is_in_force(house: House) -> None:
    user = await house.user()
    await house.store.totp.enroll(user, b"sealed")
    new = NewSession(id=uuid7(), user_id=user, address="203.0.113.9", user_agent="")
    old = Opening(session=new, token_hash=secrets.token_bytes(32))
    await house.store.sessions.open(old)
    # A session of this id is there: the new one cannot begin.
    failing = Opening(session=new, token_hash=secrets.token_bytes(32))

    with pytest.raises(AlreadyExistsError):
        await house.store.totp.confirm(user, step=7, code_hashes=[], opening=failing)

    kept = await house.store.totp.read(user)
    assert kept is not None
    assert not kept.is_confirmed
    assert await house.store.sessions.find(old.token_hash) is not None
