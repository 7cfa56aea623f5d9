"""Every mixture of what a browser and a program can send: method, origin, token, cookie and key."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pytest

from edge.door.cookies import session_cookie
from tests.attacks.grounds import an_owner

if TYPE_CHECKING:
    from tests.attacks.grounds import Owner
    from tests.unit.edge.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

OWN, FOREIGN = "http://127.0.0.1:8000", "https://evil.example"
SOMEBODY = "01a205d0-8fce-7638-b30a-52e32c3f23ee"
# What each method is answered with once it is let in.
METHODS = {
    "GET": ("/api/orders", 200),
    "POST": ("/api/kill-switch", 200),
    "PUT": (f"/api/accounts/{SOMEBODY}/credentials", 404),
    "DELETE": (f"/api/api-keys/{SOMEBODY}", 404),
}
ORIGINS = (None, OWN, FOREIGN, "null")
SITES = (None, "same-origin", "cross-site")
TOKENS = ("none", "right", "wrong", "twice")
COOKIES = ("none", "good", "bad", "two")
KEYS = ("none", "good", "bad")


class Mixture(NamedTuple):
    """One request."""

    method: str
    origin: str | None
    site: str | None
    token: str
    cookie: str
    key: str


def expected(one: Mixture) -> int:
    """Say what the rules make of a request, in the words of the design and not of the code."""
    let_in = METHODS[one.method][1]
    if one.key != "none":
        return let_in if one.key == "good" else 401
    if one.cookie != "good":
        return 401
    if one.method == "GET":
        return let_in
    is_own_page = one.origin in {None, OWN} and one.site in {None, "same-origin"}
    return let_in if is_own_page and one.token == "right" else 403


def headers_of(one: Mixture, owner: Owner, cookie: str) -> list[tuple[str, str]]:
    good = owner.browser.client.cookies[cookie]
    cookies = {"good": good, "bad": "x" * 43, "two": f"{good}; {cookie}={good}"}
    tokens = {
        "none": (),
        "right": (owner.browser.csrf,),
        "wrong": ("x" * 43,),
        "twice": (owner.browser.csrf, owner.browser.csrf),
    }
    keys = {"good": owner.key, "bad": "fp_" + "x" * 43}
    found = [("X-CSRF-Token", token) for token in tokens[one.token]]
    found += [("Origin", one.origin)] if one.origin is not None else []
    found += [("Sec-Fetch-Site", one.site)] if one.site is not None else []
    found += [("Cookie", f"{cookie}={cookies[one.cookie]}")] if one.cookie != "none" else []
    found += [("Authorization", f"Bearer {keys[one.key]}")] if one.key != "none" else []
    return found


async def test_every_mixture_is_answered_as_the_rules_say(lone: House) -> None:
    bob = await an_owner(lone, "bob")
    cookie = session_cookie(lone.ports.settings)
    wrong: list[tuple[Mixture, int, int]] = []
    mixtures = [Mixture(*each) for each in product(METHODS, ORIGINS, SITES, TOKENS, COOKIES, KEYS)]

    for one in mixtures:
        path, _ = METHODS[one.method]
        body = b'{"engaged": true}' if one.method == "POST" else b"{}"
        content = b"" if one.method in {"GET", "DELETE"} else body
        answer = await lone.client.request(
            one.method, path, content=content, headers=headers_of(one, bob, cookie)
        )
        if answer.status_code != expected(one):
            wrong.append((one, answer.status_code, expected(one)))

    assert len(mixtures) == 2304
    assert wrong[:5] == []
