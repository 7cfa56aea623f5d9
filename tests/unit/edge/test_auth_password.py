"""Passwords that change, and what ends with the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.values import Mode
from handlers.records.accounts import AccountState
from tests.builders import an_account
from tests.unit.edge.people import (
    PASSWORD,
    a_browser,
    a_person,
    code_of,
    mailed_token,
    signed_in,
    with_second_factor,
)

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio
NEW = "an entirely other passphrase"


async def forgot(house: House, email: str = "ann@example.org") -> str:
    await a_browser(house).post("/api/auth/password/forgot", {"email": email})
    await house.mailed()
    return mailed_token(house, "reset")


async def test_changing_it_ends_every_session_and_goes_on_with_a_new_one(house: House) -> None:
    ann = await a_person(house)
    here, there = await signed_in(house, ann), await signed_in(house, ann)
    before = here.client.cookies["fourpass_session"]

    answer = await here.post(
        "/api/auth/password", {"current_password": PASSWORD, "new_password": NEW}
    )

    old = a_browser(house)
    old.client.cookies.set("fourpass_session", before)
    assert answer.status_code == 200
    assert (await here.get("/api/orders")).status_code == 200
    assert (await there.get("/api/orders")).status_code == 401
    assert (await old.get("/api/orders")).status_code == 401
    assert (await a_browser(house).sign_in(ann.email, NEW)).status_code == 200
    assert (await a_browser(house).sign_in(ann.email)).status_code == 401


async def test_changing_it_takes_the_old_one(house: House) -> None:
    browser = await signed_in(house)

    answer = await browser.post(
        "/api/auth/password", {"current_password": NEW, "new_password": NEW}
    )

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")


async def test_guessing_the_old_one_in_a_stolen_session_is_slowed_down(house: House) -> None:
    browser = await signed_in(house)
    wish = {"current_password": NEW, "new_password": NEW}

    answers = [await browser.post("/api/auth/password", wish) for _ in range(6)]

    assert answers[-1].status_code == 429


async def test_new_one_must_be_strong(house: House) -> None:
    browser = await signed_in(house)

    answer = await browser.post(
        "/api/auth/password", {"current_password": PASSWORD, "new_password": "passwordpassword"}
    )

    assert answer.json()["code"] == "weak_password"


async def test_mailed_token_sets_a_new_one_once(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    wish = {"token": await forgot(house), "password": NEW}

    answers = [await a_browser(house).post("/api/auth/password/reset", wish) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert (await browser.get("/api/orders")).status_code == 401
    assert (await a_browser(house).sign_in(ann.email, NEW)).status_code == 200


async def test_weak_new_one_leaves_the_token_as_it_is(house: House) -> None:
    await a_person(house)
    token = await forgot(house)

    weak = await a_browser(house).post(
        "/api/auth/password/reset", {"token": token, "password": "passwordpassword"}
    )
    strong = await a_browser(house).post(
        "/api/auth/password/reset", {"token": token, "password": NEW}
    )

    assert (weak.json()["code"], strong.status_code) == ("weak_password", 200)


async def test_reset_disarms_live_trading_until_it_is_enabled_again(house: House) -> None:
    ann = await a_person(house)
    live = await house.ports.store.catalogue.add_account(an_account(ann.id, mode=Mode.LIVE))
    wish = {"token": await forgot(house), "password": NEW}

    await a_browser(house).post("/api/auth/password/reset", wish)

    states = [each.state for each in await house.ports.store.catalogue.accounts(ann.id)]
    browser = a_browser(house)
    await browser.sign_in(ann.email, NEW)
    refused = await browser.post(f"/api/accounts/{live.id}/enable")
    seed = await with_second_factor(house, browser)
    await browser.post("/api/auth/step-up", {"totp": code_of(house, seed, steps=1)})
    enabled = await browser.post(f"/api/accounts/{live.id}/enable")
    assert states == [AccountState.DISABLED]
    assert refused.json()["code"] == "second_factor_required"
    assert enabled.json().get("state") == "enabled", enabled.text


async def test_unknown_address_is_answered_alike_and_gets_no_mail(house: House) -> None:
    await a_person(house)

    known = await a_browser(house).post("/api/auth/password/forgot", {"email": "ann@example.org"})
    unknown = await a_browser(house).post("/api/auth/password/forgot", {"email": "bob@example.org"})
    await house.mailed()

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [mail.to for mail in house.outbox] == ["ann@example.org"]


async def test_mailbox_is_not_flooded(house: House) -> None:
    await a_person(house)

    answers = [
        await a_browser(house, address=f"203.0.113.{n}").post(
            "/api/auth/password/forgot", {"email": "ann@example.org"}
        )
        for n in range(8)
    ]
    await house.mailed()

    assert {answer.status_code for answer in answers} == {202}
    assert len(house.outbox) == 3
