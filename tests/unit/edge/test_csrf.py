"""Whatever changes something with a cookie is refused to foreign pages: every route there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from edge.door.csrf import is_own
from edge.settings import EdgeSettings
from tests.unit.edge.house import KEY, TOKEN, bearer
from tests.unit.edge.people import a_browser, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.unit.edge.house import House
    from tests.unit.edge.people import Browser

pytestmark = pytest.mark.anyio
SOMEBODY = "01a205d0-8fce-7638-b30a-52e32c3f23ee"
SAFE = {"GET", "HEAD", "OPTIONS"}
FORM = "application/x-www-form-urlencoded"
OUTSIDE_SESSIONS = {
    "/api/auth/sign-up", "/api/auth/verify", "/api/auth/sign-in", "/api/auth/link",
    "/api/auth/password/forgot", "/api/auth/password/reset",
}  # fmt: skip


def changes(house: House) -> list[tuple[str, str]]:
    """Return every route of the API that changes something, as the application has it now."""
    return [
        (method, re.sub(r"\{[^}]*\}", SOMEBODY, route.path))
        for route in house.app.routes
        if route.path.startswith("/api/")
        for method in sorted(methods_of(route))
    ]


def methods_of(route: object) -> Iterable[str]:
    methods: set[str] = getattr(route, "methods", set[str]())
    return methods - SAFE


async def test_there_is_something_to_test(house: House) -> None:
    assert len(changes(house)) > 30
    assert {path for _, path in changes(house)} >= OUTSIDE_SESSIONS


async def test_no_change_is_made_without_the_token(house: House) -> None:
    browser = await signed_in(house)
    wrong = {"": "", "token of another session": (await signed_in_elsewhere(house)).csrf}

    answers = {
        (method, path, why): (await browser.send(method, path, **{"X-CSRF-Token": token})).json()
        for method, path in changes(house)
        if path not in OUTSIDE_SESSIONS
        for why, token in wrong.items()
    }

    assert {each["code"] for each in answers.values()} == {"csrf_failed"}, answers


async def signed_in_elsewhere(house: House) -> Browser:
    browser = a_browser(house)
    await browser.sign_in("ann@example.org")
    return browser


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
async def test_no_change_is_made_from_another_site(house: House, headers: dict[str, str]) -> None:
    browser = await signed_in(house)

    answers = {
        (method, path): await browser.send(method, path, {}, **headers)
        for method, path in changes(house)
    }

    assert {(each.status_code, each.json()["code"]) for each in answers.values()} == {
        (403, "csrf_failed")
    }, answers


@pytest.mark.parametrize(
    "kind", [FORM, "multipart/form-data; boundary=x", "text/plain", "TEXT/PLAIN; charset=utf-8"]
)
async def test_no_change_is_made_by_a_form(house: House, kind: str) -> None:
    browser = await signed_in(house)

    answers = {
        (method, path): await browser.send(method, path, {}, **{"Content-Type": kind})
        for method, path in changes(house)
    }

    assert {(each.status_code, each.json()["code"]) for each in answers.values()} == {
        (415, "unsupported_media_type")
    }, answers


async def test_own_page_gets_through(house: House) -> None:
    browser = await signed_in(house)
    own = {
        "Origin": "http://127.0.0.1:8000",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
    }

    answer = await browser.post("/api/kill-switch", {"engaged": True}, **own)

    assert answer.status_code == 200


async def test_reading_takes_no_token(house: House) -> None:
    browser = await signed_in(house)
    browser.csrf = ""

    assert (await browser.get("/api/orders")).status_code == 200


async def test_key_is_not_asked_for_a_token_nor_where_it_comes_from(house: House) -> None:
    browser = await signed_in(house)
    browser.csrf = ""

    answer = await browser.post(
        "/api/kill-switch", {"engaged": True}, Origin="https://evil.example", **bearer(KEY)
    )

    assert answer.status_code == 200


async def test_webhook_does_not_look_at_cookies(house: House) -> None:
    browser = await signed_in(house)
    browser.csrf = ""
    alert = {"ticker": "BTCUSDT", "action": "buy", "quantity": "1"}

    with_cookie = await browser.post(house.hook, alert, Origin="https://evil.example")
    wrong = await browser.post(house.hook.replace(TOKEN, "wh_wrong"), alert)

    assert (with_cookie.status_code, wrong.status_code) == (202, 401)


async def test_token_of_an_ended_session_is_of_no_use(house: House) -> None:
    browser = await signed_in(house)
    old = browser.csrf
    await browser.sign_in("ann@example.org")

    answer = await browser.post("/api/kill-switch", {"engaged": True}, **{"X-CSRF-Token": old})

    assert answer.json()["code"] == "csrf_failed"


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000/", False),
        ("http://localhost", False),
        ("http://a@localhost:8000", False),
        ("http://localhost:x", False),
        ("", False),
    ],
)
def test_every_name_of_the_loopback_is_ours(origin: str, *, is_ours: bool) -> None:
    assert is_own(origin, EdgeSettings()) is is_ours


def test_public_address_has_one_origin() -> None:
    settings = EdgeSettings(public_url="https://4pass.example")

    assert is_own("https://4pass.example", settings)
    assert not is_own("https://localhost", settings)
    assert not is_own("https://4pass.example.evil.example", settings)
