"""Signing up: nobody learns who has an account, and only a mailed token makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.edge.people import PASSWORD, a_browser, a_person, mailed_token

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def test_sign_up_is_answered_alike_whether_the_address_is_known(house: House) -> None:
    await a_person(house)
    browser = a_browser(house)

    known = await browser.post(
        "/api/auth/sign-up", {"email": "ann@example.org", "password": PASSWORD}
    )
    new = await browser.post(
        "/api/auth/sign-up", {"email": "bob@example.org", "password": PASSWORD}
    )

    assert (known.status_code, known.content) == (new.status_code, new.content)
    assert known.status_code == 202


async def test_confirmed_address_makes_a_user_who_can_sign_in(house: House) -> None:
    browser = a_browser(house)
    wish = {"email": "Bob@Example.org", "password": PASSWORD, "locale": "zh-TW"}
    await browser.post("/api/auth/sign-up", wish)
    before = await browser.sign_in("bob@example.org")
    await house.mailed()

    verified = await browser.post("/api/auth/verify", {"token": mailed_token(house, "verify")})

    assert before.status_code == 401
    assert verified.status_code == 200
    assert house.outbox[-1].to == "bob@example.org"
    assert (await browser.sign_in("bob@example.org")).json()["user"]["locale"] == "zh-TW"


async def test_confirming_twice_is_refused(house: House) -> None:
    browser = a_browser(house)
    await browser.post("/api/auth/sign-up", {"email": "bob@example.org", "password": PASSWORD})
    await house.mailed()
    token = mailed_token(house, "verify")

    answers = [await browser.post("/api/auth/verify", {"token": token}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 400]


async def test_address_that_is_known_is_told_by_mail_alone(house: House) -> None:
    await a_person(house)

    await a_browser(house).post(
        "/api/auth/sign-up", {"email": "ann@example.org", "password": "another long secret"}
    )
    await house.mailed()

    assert "have an account" in house.outbox[-1].text
    assert (await a_browser(house).sign_in("ann@example.org")).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["short", "passwordpassword", "123456789012", "qwertyuiop123", "bob@example.org", "x" * 300],
)
async def test_password_that_anybody_would_guess_is_refused(house: House, password: str) -> None:
    answer = await a_browser(house).post(
        "/api/auth/sign-up", {"email": "bob@example.org", "password": password}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "weak_password")


@pytest.mark.parametrize(
    "email", ["", "bob", "bob@", "b b@example.org", "b@example.org\r\nTo: x@y"]
)
async def test_what_is_no_address_is_refused(house: House, email: str) -> None:
    answer = await a_browser(house).post(
        "/api/auth/sign-up", {"email": email, "password": PASSWORD}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_email")
