"""One-time links: they sign in once, and a look at one changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.identity.links import new_link
from tests.unit.edge.people import a_browser, a_person, code_of, signed_in, with_second_factor

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def test_link_signs_in_once(house: House) -> None:
    ann = await a_person(house)
    link = await new_link(house.ports.store.passwords, ann.id, base_url="")
    token = link.partition("link=")[2]

    first = await a_browser(house).post("/api/auth/link", {"token": token})
    again = await a_browser(house).post("/api/auth/link", {"token": token})

    assert first.json()["user"]["email"] == ann.email
    assert (again.status_code, again.json()["code"]) == (400, "invalid_token")


async def test_link_is_too_old_after_30_minutes(house: House) -> None:
    ann = await a_person(house)
    link = await new_link(house.ports.store.passwords, ann.id, base_url="")
    house.clock.go_on(timedelta(minutes=30))

    answer = await a_browser(house).post("/api/auth/link", {"token": link.partition("link=")[2]})

    assert answer.json()["code"] == "invalid_token"


async def test_looking_at_a_link_does_not_use_it_up(house: House) -> None:
    ann = await a_person(house)
    link = await new_link(house.ports.store.passwords, ann.id, base_url="")
    token = link.partition("link=")[2]

    looked = await house.client.get("/api/auth/link", params={"token": token})
    await house.client.get(link)

    assert looked.status_code == 405
    used = await a_browser(house).post("/api/auth/link", {"token": token})
    assert used.status_code == 200


async def test_link_does_not_replace_the_second_factor(house: House) -> None:
    ann = await a_person(house)
    seed = await with_second_factor(house, await signed_in(house, ann))
    house.clock.go_on(timedelta(minutes=1))
    token = (await new_link(house.ports.store.passwords, ann.id, base_url="")).partition("link=")[2]

    without = await a_browser(house).post("/api/auth/link", {"token": token})
    with_code = await a_browser(house).post(
        "/api/auth/link", {"token": token, "totp": code_of(house, seed)}
    )

    assert (without.status_code, without.json()["code"]) == (401, "totp_required")
    assert with_code.status_code == 200


async def test_a_wrong_code_uses_the_link_up(house: House) -> None:
    ann = await a_person(house)
    seed = await with_second_factor(house, await signed_in(house, ann))
    house.clock.go_on(timedelta(minutes=1))
    token = (await new_link(house.ports.store.passwords, ann.id, base_url="")).partition("link=")[2]

    wrong = await a_browser(house).post("/api/auth/link", {"token": token, "totp": "000000"})
    right = await a_browser(house).post(
        "/api/auth/link", {"token": token, "totp": code_of(house, seed)}
    )

    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_credentials")
    assert (right.status_code, right.json()["code"]) == (400, "invalid_token")


async def test_a_link_that_is_none_asks_for_no_code(house: House) -> None:
    await with_second_factor(house, await signed_in(house, await a_person(house)))

    answer = await a_browser(house).post("/api/auth/link", {"token": "x" * 43})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_token")
