"""The second factor at the door, and what asks for it again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.edge.house import KEY, bearer
from tests.unit.edge.people import (
    a_browser,
    a_person,
    code_of,
    signed_in,
    with_second_factor,
)

if TYPE_CHECKING:
    from tests.unit.edge.house import House
    from tests.unit.edge.people import Browser

pytestmark = pytest.mark.anyio
SOMEBODY = "01a205d0-8fce-7638-b30a-52e32c3f23ee"
STEPPED_UP: list[tuple[str, str, Any]] = [
    ("POST", "/api/accounts", {"name": "x", "broker": "paper"}),
    ("POST", f"/api/accounts/{SOMEBODY}/enable", None),
    ("PUT", f"/api/accounts/{SOMEBODY}/credentials", {}),
    ("POST", "/api/strategies", {"name": "x", "accounts": [SOMEBODY], "mode": "live"}),
    ("POST", f"/api/strategies/{SOMEBODY}/resume", None),
    ("POST", f"/api/strategies/{SOMEBODY}/rotate-token", None),
    ("POST", "/api/kill-switch", {"engaged": False}),
    ("POST", "/api/api-keys", {"name": "x", "scopes": ["read"]}),
    ("DELETE", f"/api/api-keys/{SOMEBODY}", None),
    ("POST", "/api/auth/totp/disable", None),
]


async def later(house: House, **by: float) -> None:
    house.clock.go_on(timedelta(**by))


async def protected(house: House) -> tuple[Browser, str]:
    """Sign somebody in who has a second factor, whose code was shown a while ago."""
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    seed = await with_second_factor(house, browser)
    await later(house, minutes=11)
    return browser, seed


async def test_signing_in_asks_for_a_code_once_the_password_is_right(house: House) -> None:
    await protected(house)
    browser = a_browser(house)

    right = await browser.sign_in("ann@example.org")
    wrong = await browser.sign_in("ann@example.org", "correct horse battery stable")

    assert (right.status_code, right.json()["code"]) == (401, "totp_required")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_credentials")
    assert "set-cookie" not in right.headers


async def test_code_lets_in_once(house: House) -> None:
    _, seed = await protected(house)
    code = code_of(house, seed)

    first = await a_browser(house).sign_in("ann@example.org", totp=code)
    again = await a_browser(house).sign_in("ann@example.org", totp=code)

    assert first.status_code == 200
    assert first.json()["user"]["has_totp"]
    assert (again.status_code, again.json()["code"]) == (401, "bad_credentials")


async def test_code_that_confirmed_the_seed_lets_nobody_in(house: House) -> None:
    ann = await a_person(house)
    seed = await with_second_factor(house, await signed_in(house, ann))

    answer = await a_browser(house).sign_in(ann.email, totp=code_of(house, seed))

    assert answer.status_code == 401


async def test_the_session_from_before_a_second_factor_ends_with_its_confirmation(
    house: House,
) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    before = (await house.ports.store.sessions.sessions(ann.id))[0].id
    old = dict(browser.client.cookies)

    await with_second_factor(house, browser)

    thief = a_browser(house)
    thief.client.cookies.update(old)
    left = [each.id for each in await house.ports.store.sessions.sessions(ann.id)]
    assert (await thief.get("/api/auth/session")).status_code == 401
    assert (await browser.get("/api/auth/session")).status_code == 200
    assert len(left) == 1
    assert before not in left


async def test_recovery_code_lets_in_once(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    seed = (await browser.post("/api/auth/totp/enroll")).json()["secret"]
    confirmed = await browser.post("/api/auth/totp/confirm", {"totp": code_of(house, seed)})
    codes = confirmed.json()["recovery_codes"]

    answers = [
        await a_browser(house).sign_in(ann.email, totp=code)
        for code in (codes[0], codes[0].upper(), codes[1].replace("-", " "))
    ]

    assert len(set(codes)) == 10
    assert [answer.status_code for answer in answers] == [200, 401, 200]


async def test_wrong_codes_are_counted(house: House) -> None:
    await protected(house)

    answers = [await a_browser(house).sign_in("ann@example.org", totp=f"{n:06}") for n in range(7)]

    assert [answer.status_code for answer in answers][-2:] == [429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_seed_is_not_kept_in_the_clear(house: House) -> None:
    ann = await a_person(house)
    seed = await with_second_factor(house, await signed_in(house, ann))

    kept = await house.ports.store.totp.read(ann.id)

    assert kept is not None
    assert seed.encode() not in kept.sealed_seed


async def test_second_factor_is_enrolled_once(house: House) -> None:
    browser, _ = await protected(house)

    answer = await browser.post("/api/auth/totp/enroll")

    assert (answer.status_code, answer.json()["code"]) == (409, "totp_already_enabled")


@pytest.mark.parametrize(("method", "path", "body"), STEPPED_UP)
async def test_what_money_hangs_on_needs_a_fresh_code(
    house: House, method: str, path: str, body: Any
) -> None:
    browser, _ = await protected(house)

    answer = await browser.send(method, path, body)

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


@pytest.mark.parametrize(("method", "path", "body"), STEPPED_UP)
async def test_fresh_code_lets_through(house: House, method: str, path: str, body: Any) -> None:
    browser, seed = await protected(house)
    await browser.post("/api/auth/step-up", {"totp": code_of(house, seed)})

    answer = await browser.send(method, path, body)

    assert answer.status_code in {200, 201, 204, 404}, answer.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [each for each in STEPPED_UP[:-1] if "live" not in str(each[2])],
)
async def test_who_has_no_second_factor_is_not_asked_for_one(
    house: House, method: str, path: str, body: Any
) -> None:
    browser = await signed_in(house)

    answer = await browser.send(method, path, body)

    assert answer.status_code in {200, 201, 204, 404}, answer.text


async def test_step_up_is_over_after_ten_minutes(house: House) -> None:
    browser, seed = await protected(house)
    await browser.post("/api/auth/step-up", {"totp": code_of(house, seed)})
    await later(house, minutes=10, seconds=1)

    answer = await browser.post("/api/kill-switch", {"engaged": False})

    assert answer.json()["code"] == "step_up_required"


async def test_letting_exits_through_an_engaged_switch_needs_a_code(house: House) -> None:
    browser, _ = await protected(house)
    await browser.post("/api/kill-switch", {"engaged": True})

    loosened = await browser.post("/api/kill-switch", {"engaged": True, "allow_exits": True})
    tightened = await browser.post("/api/kill-switch", {"engaged": True})

    assert (loosened.status_code, loosened.json()["code"]) == (403, "step_up_required")
    assert tightened.status_code == 200


async def test_engaging_the_switch_never_waits_for_a_code(house: House) -> None:
    browser, _ = await protected(house)

    assert (await browser.post("/api/kill-switch", {"engaged": True})).status_code == 200


async def test_second_factor_gives_the_session_a_new_id(house: House) -> None:
    browser = await signed_in(house)
    before = browser.client.cookies["fourpass_session"]

    await with_second_factor(house, browser)

    old = a_browser(house)
    old.client.cookies.set("fourpass_session", before)
    assert (await old.get("/api/orders")).status_code == 401
    assert (await browser.get("/api/orders")).status_code == 200
    assert (await browser.post("/api/kill-switch", {"engaged": True})).status_code == 200


async def test_step_up_gives_the_session_a_new_id(house: House) -> None:
    browser, seed = await protected(house)
    before = browser.client.cookies["fourpass_session"]

    answer = await browser.post("/api/auth/step-up", {"totp": code_of(house, seed)})

    old = a_browser(house)
    old.client.cookies.set("fourpass_session", before)
    assert answer.status_code == 200
    assert browser.client.cookies["fourpass_session"] != before
    assert (await old.get("/api/orders")).status_code == 401


async def test_wrong_code_steps_nobody_up(house: House) -> None:
    browser, _ = await protected(house)

    answer = await browser.post("/api/auth/step-up", {"totp": "000000"})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_code")


async def test_key_has_nothing_to_show(house: House) -> None:
    answer = await house.client.post(
        "/api/kill-switch", json={"engaged": False}, headers=bearer(KEY)
    )

    assert answer.status_code == 200


async def test_doing_without_the_second_factor_ends_it(house: House) -> None:
    browser, seed = await protected(house)
    await browser.post("/api/auth/step-up", {"totp": code_of(house, seed)})

    answer = await browser.post("/api/auth/totp/disable")

    assert answer.status_code == 204
    assert (await a_browser(house).sign_in("ann@example.org")).status_code == 200
