"""Coming in and going out: what the door answers, and what it sets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from edge.settings import EdgeSettings
from tests.unit.edge.house import a_house, bearer
from tests.unit.edge.people import (
    PASSWORD,
    a_browser,
    a_person,
    signed_in,
)

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def test_right_password_is_answered_with_the_user_and_a_token(house: House) -> None:
    ann = await a_person(house)

    answer = await a_browser(house).sign_in("Ann@Example.org ")

    assert answer.status_code == 200
    assert set(answer.json()) == {"user", "csrf_token"}
    assert answer.json()["user"] == {
        "id": str(ann.id),
        "email": "ann@example.org",
        "locale": "en",
        "roles": ["trader"],
        "has_totp": False,
    }


async def test_session_opens_the_api(house: House) -> None:
    browser = await signed_in(house)

    assert (await browser.get("/api/orders")).status_code == 200
    assert (await browser.post("/api/kill-switch", {"engaged": True})).status_code == 200


async def test_loopback_cookie_is_hidden_from_scripts_and_other_sites(house: House) -> None:
    await a_person(house)

    answer = await a_browser(house).sign_in("ann@example.org")

    session, device = answer.headers.get_list("set-cookie")
    for cookie, name in ((session, "fourpass_session="), (device, "fourpass_device=")):
        attributes = {part.strip().lower() for part in cookie.split(";")}
        assert cookie.startswith(name)
        assert {"httponly", "samesite=lax", "path=/"} <= attributes
        assert not {part for part in attributes if part.startswith(("secure", "domain"))}


async def test_cookie_behind_tls_is_bound_to_the_host() -> None:
    async with a_house(settings=EdgeSettings(public_url="https://4pass.example")) as house:
        await a_person(house)
        browser = a_browser(house)

        answer = await browser.sign_in("ann@example.org")

        for cookie in answer.headers.get_list("set-cookie"):
            attributes = {part.strip().lower() for part in cookie.split(";")}
            assert cookie.startswith("__Host-fourpass_")
            assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert (await browser.get("/api/orders")).status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.org", "correct horse battery stable"),
        ("bob@example.org", PASSWORD),
        ("", PASSWORD),
        ("ann@example.org", ""),
        ("no address", "x"),
        ("ann@example.org\0", PASSWORD),
        ("\U0001f600@example.org", "\U0001f600"),
    ],
)
async def test_wrong_address_and_wrong_password_are_answered_alike(
    house: House, email: str, password: str
) -> None:
    await a_person(house)

    answer = await a_browser(house).sign_in(email, password)

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")
    assert "set-cookie" not in answer.headers


async def test_half_a_character_is_a_wrong_password_and_no_fault(house: House) -> None:
    await a_person(house)
    body = b'{"email":"ann@example.org","password":"\\ud800\\ud800\\ud800"}'

    answer = await house.client.post("/api/auth/sign-in", content=body)

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")


async def test_unknown_field_is_refused_so_nobody_names_a_role(house: House) -> None:
    body = {"email": "eve@example.org", "password": PASSWORD, "roles": ["operator"]}

    answer = await a_browser(house).post("/api/auth/sign-up", body)

    assert (answer.status_code, answer.json()["field"]) == (400, "roles")


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(house: House) -> None:
    browser = await signed_in(house)
    kept = dict(browser.client.cookies)

    answer = await browser.post("/api/auth/sign-out")

    assert answer.status_code == 204
    thief = a_browser(house)
    thief.client.cookies.update(kept)
    assert (await thief.get("/api/orders")).status_code == 401


async def test_session_says_who_is_signed_in(house: House) -> None:
    browser = await signed_in(house)
    known = browser.csrf

    answer = await browser.get("/api/auth/session")

    assert answer.json()["user"]["email"] == "ann@example.org"
    assert answer.json()["csrf_token"] == known


async def test_nobody_has_no_session(house: House) -> None:
    answer = await a_browser(house).get("/api/auth/session")

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_key_is_no_session(house: House) -> None:
    answer = await house.get("/api/auth/session")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_session_a_stranger_planted_is_not_taken_over(house: House) -> None:
    await a_person(house)
    browser = a_browser(house)
    browser.client.cookies.set("fourpass_session", "planted", domain="127.0.0.1")

    await browser.sign_in("ann@example.org")

    planted = a_browser(house)
    planted.client.cookies.set("fourpass_session", "planted")
    assert (await planted.get("/api/orders")).status_code == 401
    assert browser.client.cookies["fourpass_session"] != "planted"


async def test_signing_in_again_ends_the_session_before(house: House) -> None:
    browser = await signed_in(house)
    before = browser.client.cookies["fourpass_session"]

    await browser.sign_in("ann@example.org")

    old = a_browser(house)
    old.client.cookies.set("fourpass_session", before)
    assert browser.client.cookies["fourpass_session"] != before
    assert (await old.get("/api/orders")).status_code == 401


@pytest.mark.parametrize(("hours", "status"), [(11.9, 200), (12.1, 401)])
async def test_session_that_nobody_uses_ends_after_12_hours(
    house: House, hours: float, status: int
) -> None:
    browser = await signed_in(house)

    house.clock.go_on(timedelta(hours=hours))

    assert (await browser.get("/api/orders")).status_code == status


async def test_session_in_use_ends_after_7_days(house: House) -> None:
    browser = await signed_in(house)
    answers: list[int] = []

    for _ in range(17):
        house.clock.go_on(timedelta(hours=10))
        answers.append((await browser.get("/api/orders")).status_code)

    assert answers == [200] * 16 + [401]


async def test_two_cookies_of_one_name_are_not_believed(house: House) -> None:
    browser = await signed_in(house)
    good = browser.client.cookies["fourpass_session"]
    browser.client.cookies.clear()

    answer = await browser.get(
        "/api/orders", Cookie=f"fourpass_session={good}; fourpass_session=other"
    )

    assert answer.status_code == 401


async def test_bad_key_is_not_made_good_by_a_cookie(house: House) -> None:
    browser = await signed_in(house)

    answer = await browser.get("/api/orders", **bearer("fp_wrong"))

    assert answer.status_code == 401


async def test_only_the_first_user_is_an_operator(house: House) -> None:
    first = await house.ports.store.identity.principal(b"")
    second = await signed_in(house)

    assert first is None
    assert (await second.get("/api/auth/session")).json()["user"]["roles"] == ["trader"]
