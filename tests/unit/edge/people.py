"""People in front of the door: somebody with a password, and browsers that they use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
from pyotp.totp import TOTP

from bus.ids import uuid7
from bus.values import UserId

if TYPE_CHECKING:
    from tests.unit.edge.house import House

PASSWORD = "correct horse battery staple"


@dataclass(kw_only=True)
class Browser:
    """A browser of its own: cookies, and the token that its page knows."""

    client: httpx.AsyncClient
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        content = b"" if body is None else msgspec.json.encode(body)
        told = self.headers | ({"X-CSRF-Token": self.csrf} if self.csrf else {}) | headers
        answer = await self.client.request(method, path, content=content, headers=told)
        self._learn(answer)
        return answer

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.send("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.send("POST", path, body, **headers)

    async def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.post("/api/auth/sign-in", {"email": email, "password": password} | more)

    def _learn(self, answer: httpx.Response) -> None:
        if answer.is_success and "csrf_token" in answer.text:
            self.csrf = answer.json()["csrf_token"]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account."""

    id: UserId
    email: str


async def a_person(house: House, *, email: str = "ann@example.org") -> Person:
    """Make a user who can sign in with `PASSWORD`."""
    user = UserId(uuid7())
    hashed = await house.ports.identity.passwords.hash(PASSWORD)
    await house.ports.store.identity.add_user(user, email=email, password_hash=hashed)
    return Person(id=user, email=email)


def a_browser(house: House, *, address: str = "203.0.113.9", **headers: str) -> Browser:
    """Open a browser that nobody used yet."""
    transport = httpx.ASGITransport(house.app, client=(address, 4000))  # pyright: ignore[reportArgumentType] - httpx types ASGI loosely
    client = httpx.AsyncClient(transport=transport, base_url=house.ports.settings.public_url)
    return Browser(client=client, headers=headers)


async def signed_in(house: House, person: Person | None = None) -> Browser:
    """Open a browser in which somebody is signed in."""
    browser = a_browser(house)
    answer = await browser.sign_in((person or await a_person(house)).email)
    assert answer.status_code == 200, answer.text
    return browser


async def with_second_factor(house: House, browser: Browser) -> str:
    """Put a second factor in force; return its seed."""
    seed: str = (await browser.post("/api/auth/totp/enroll")).json()["secret"]
    answer = await browser.post("/api/auth/totp/confirm", {"totp": code_of(house, seed)})
    assert answer.status_code == 200, answer.text
    return seed


def code_of(house: House, seed: str, *, steps: int = 0) -> str:
    """Return the app's code now, or some steps from now."""
    return TOTP(seed).at(house.clock.now(), counter_offset=steps)


def mailed_token(house: House, kind: str) -> str:
    """Return the token of the newest mail that leads to a page of this kind."""
    for mail in reversed(house.outbox):
        _, found, rest = mail.text.partition(f"/{kind}?token=")
        if found:
            return rest.split()[0]
    msg = f"no mail leads to /{kind}"
    raise AssertionError(msg)
