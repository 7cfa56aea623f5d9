"""A live stream ends with what let it in, whichever way that ended."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from bus.topics import ACCESS
from edge.api import stream as stream_module
from handlers.errors import StoreUnavailableError
from handlers.identity.tokens import hash_secret
from tests.unit.edge.house import KEY
from tests.unit.edge.people import a_browser, a_person, mailed_token, signed_in

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.unit.edge.house import House
    from tests.unit.edge.people import Browser

pytestmark = pytest.mark.anyio
NEW = "an entirely other passphrase"


@pytest.fixture(autouse=True)
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "_ASK_WITHOUT_A_KNOCK", 3600.0)


class Stream:
    """A stream that somebody follows, and whether it ended."""

    def __init__(self) -> None:
        self.status = 0
        self.has_begun = anyio.Event()
        self.has_ended = anyio.Event()

    async def receive(self) -> Any:
        await anyio.sleep_forever()

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        if message.get("body"):
            self.has_begun.set()


@asynccontextmanager
async def following(house: House, header: tuple[bytes, bytes]) -> AsyncGenerator[Stream]:
    stream = Stream()
    scope: Any = {
        "type": "http", "method": "GET", "path": "/api/stream", "raw_path": b"/api/stream",
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "headers": [header], "client": ("203.0.113.9", 1), "server": ("127.0.0.1", 8000),
        "state": {},
    }  # fmt: skip

    async def follow() -> None:
        await house.app(scope, stream.receive, stream.send)
        stream.has_ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        with anyio.fail_after(10):
            await stream.has_begun.wait()
            await anyio.wait_all_tasks_blocked()
            yield stream
        tasks.cancel_scope.cancel()


def by_cookie(browser: Browser) -> tuple[bytes, bytes]:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    return b"cookie", cookies.encode()


async def sign_out(house: House, browser: Browser) -> None:
    del house
    await browser.post("/api/auth/sign-out")


async def sign_in_again(house: House, browser: Browser) -> None:
    del house
    await browser.sign_in("ann@example.org")


async def end_by_id(house: House, browser: Browser) -> None:
    del house
    (session,) = (await browser.get("/api/auth/sessions")).json()["items"]
    await browser.send("DELETE", f"/api/auth/sessions/{session['id']}")


async def end_the_others(house: House, browser: Browser) -> None:
    del browser
    other = await signed_in_as_ann(house)
    await other.send("DELETE", "/api/auth/sessions")


async def change_password(house: House, browser: Browser) -> None:
    del house
    wish = {"current_password": "correct horse battery staple", "new_password": NEW}
    assert (await browser.post("/api/auth/password", wish)).status_code == 200


async def reset_password(house: House, browser: Browser) -> None:
    await browser.post("/api/auth/password/forgot", {"email": "ann@example.org"})
    await house.mailed()
    wish = {"token": mailed_token(house, "reset"), "password": NEW}
    assert (await browser.post("/api/auth/password/reset", wish)).status_code == 200


async def signed_in_as_ann(house: House) -> Browser:
    browser = a_browser(house)
    await browser.sign_in("ann@example.org")
    return browser


@pytest.mark.parametrize(
    "way",
    [sign_out, sign_in_again, end_by_id, end_the_others, change_password, reset_password],
)
async def test_stream_of_a_session_ends_with_it(house: House, way: Any) -> None:
    browser = await signed_in(house, await a_person(house))

    async with following(house, by_cookie(browser)) as stream:
        await way(house, browser)
        await stream.has_ended.wait()

    assert stream.status == 200


async def test_stream_of_a_key_ends_with_it(house: House) -> None:
    (key,) = await house.items("/api/api-keys")

    async with following(house, (b"authorization", f"Bearer {KEY}".encode())) as stream:
        await house.client.delete(
            f"/api/api-keys/{key['id']}", headers={"Authorization": f"Bearer {KEY}"}
        )
        await stream.has_ended.wait()


async def test_other_streams_of_the_user_go_on(house: House) -> None:
    ann = await a_person(house)
    browser, other = await signed_in(house, ann), await signed_in(house, ann)

    async with (
        following(house, by_cookie(browser)) as ended,
        following(house, by_cookie(other)) as stays,
    ):
        await sign_out(house, browser)
        await ended.has_ended.wait()
        await anyio.wait_all_tasks_blocked()

        assert not stays.has_ended.is_set()


async def test_what_another_process_says_is_heard(house: House) -> None:
    browser = await signed_in(house, await a_person(house))

    async with following(house, by_cookie(browser)) as stream:
        token = next(iter(browser.client.cookies.values()))
        session = await house.ports.store.sessions.find(hash_secret(token))
        assert session is not None
        await house.ports.store.sessions.end(session.user_id, session.id)
        await house.ports.bus.broadcast.announce(ACCESS, str(session.user_id).encode())
        await stream.has_ended.wait()


@pytest.mark.parametrize("passes", [timedelta(hours=12, seconds=1), timedelta(days=7)])
async def test_session_that_ends_by_itself_ends_its_stream_without_a_word(
    house: House, monkeypatch: pytest.MonkeyPatch, passes: timedelta
) -> None:
    monkeypatch.setattr(stream_module, "_ASK_WITHOUT_A_KNOCK", 0.01)
    browser = await signed_in(house, await a_person(house))

    async with following(house, by_cookie(browser)) as stream:
        house.clock.go_on(passes)
        await stream.has_ended.wait()


async def test_key_that_expires_ends_its_stream(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "_ASK_WITHOUT_A_KNOCK", 0.01)
    until = (house.clock.now() + timedelta(minutes=5)).isoformat()
    wish = {"name": "short", "scopes": ["read"], "expires_at": until}
    key = (await house.post("/api/api-keys", wish)).json()["key"]

    async with following(house, (b"authorization", f"Bearer {key}".encode())) as stream:
        house.clock.go_on(timedelta(minutes=6))
        await stream.has_ended.wait()


async def test_record_that_is_away_ends_no_stream(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "_LOOK_AGAIN", 0.01)
    asked = anyio.Event()

    async def away(_user: object) -> Any:
        asked.set()
        raise StoreUnavailableError

    async with following(house, (b"authorization", f"Bearer {KEY}".encode())) as stream:
        monkeypatch.setattr(house.ports.store.keys, "keys", away)
        house.ports.streams.knock_at_all()
        await asked.wait()
        await anyio.sleep(0.05)

        assert not stream.has_ended.is_set()
