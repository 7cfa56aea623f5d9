"""Guessing passwords from outside: it is slowed down, and nobody else is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest
from typing_extensions import override

from edge.settings import EdgeSettings
from handlers.throttle.base import Throttle
from handlers.throttle.errors import ThrottleUnavailableError
from tests.unit.edge.house import KEY, a_house, bearer
from tests.unit.edge.people import PASSWORD, a_browser, a_person, signed_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from handlers.throttle.base import Counter
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio
WRONG = "correct horse battery stable"


async def test_thousand_wrong_passwords_and_the_owner_still_gets_in(house: House) -> None:
    ann = await a_person(house)
    stranger = a_browser(house, address="198.51.100.66")

    answers = [(await stranger.sign_in(ann.email, WRONG)).status_code for _ in range(1000)]

    owner = await a_browser(house).sign_in(ann.email)
    assert answers[:5] == [401] * 5
    assert set(answers[5:]) == {429}
    assert owner.status_code == 200


async def test_owner_at_the_strangers_address_waits_for_seconds(house: House) -> None:
    ann = await a_person(house)
    for _ in range(1000):
        await a_browser(house).sign_in(ann.email, WRONG)

    refused = await a_browser(house).sign_in(ann.email)
    house.clock.go_on(timedelta(seconds=int(refused.headers["retry-after"])))

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert int(refused.headers["retry-after"]) <= 10
    assert (await a_browser(house).sign_in(ann.email)).status_code == 200


async def test_known_browser_at_the_strangers_address_does_not_wait(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    for _ in range(20):
        await a_browser(house).sign_in(ann.email, WRONG)

    assert (await browser.sign_in(ann.email)).status_code == 200


async def test_unknown_address_is_slowed_down_as_a_known_one_is(house: House) -> None:
    await a_person(house)
    seen: list[list[int]] = []

    for email in ("ann@example.org", "bob@example.org"):
        stranger = a_browser(house, address=f"198.51.100.{len(seen)}")
        seen.append([(await stranger.sign_in(email, WRONG)).status_code for _ in range(8)])

    assert seen[0] == seen[1]


async def test_ten_thousand_spoofed_addresses_are_one(house: House) -> None:
    ann = await a_person(house)
    stranger = a_browser(house, address="198.51.100.66")
    looked_at = 0

    for n in range(300):
        spoofed = {"X-Forwarded-For": f"10.0.{n >> 8}.{n & 255}"}
        wish = {"email": ann.email, "password": WRONG}
        answer = await stranger.post("/api/auth/sign-in", wish, **spoofed)
        looked_at += answer.status_code == 401

    assert looked_at == 5


async def test_spoofed_addresses_behind_a_proxy_are_one() -> None:
    async with a_house(settings=EdgeSettings(proxy_hops=1)) as house:
        ann = await a_person(house)
        stranger = a_browser(house, address="10.0.0.1")
        looked_at = 0
        for n in range(50):
            spoofed = {"X-Forwarded-For": f"10.0.0.{n}, 198.51.100.66"}
            wish = {"email": ann.email, "password": WRONG}
            answer = await stranger.post("/api/auth/sign-in", wish, **spoofed)
            looked_at += answer.status_code == 401

    assert looked_at == 5


async def test_refused_attempt_takes_no_turn_from_others(house: House) -> None:
    ann = await a_person(house)
    for _ in range(5):
        await a_browser(house).sign_in(ann.email, WRONG)

    async def hold() -> None:
        async with house.ports.identity.passwords.turn():
            await anyio.sleep_forever()

    answers: list[httpx.Response] = []
    async with anyio.create_task_group() as holding:
        for _ in range(8):
            holding.start_soon(hold)
        await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(5):
            answers.append(await a_browser(house).sign_in(ann.email, WRONG))
        holding.cancel_scope.cancel()

    assert [answer.status_code for answer in answers] == [429]


class Away(Throttle):
    """A throttle whose server is away."""

    @override
    async def wait(self, *counters: Counter) -> float:
        raise ThrottleUnavailableError

    @override
    async def count(self, *counters: Counter) -> None:
        raise ThrottleUnavailableError

    @override
    async def take(self, counter: Counter) -> float:
        raise ThrottleUnavailableError


@pytest.fixture
async def blind() -> AsyncIterator[House]:
    """A house that cannot count attempts."""
    async with a_house(throttle=Away()) as opened:
        yield opened


async def test_without_counts_nobody_signs_in(blind: House) -> None:
    ann = await a_person(blind)

    answers = [
        await a_browser(blind).sign_in(ann.email),
        await a_browser(blind).post(
            "/api/auth/sign-up", {"email": "bob@example.org", "password": PASSWORD}
        ),
        await a_browser(blind).post("/api/auth/password/forgot", {"email": ann.email}),
    ]

    assert {(each.status_code, each.json()["code"]) for each in answers} == {
        (503, "sign_in_unavailable")
    }
    assert answers[0].headers["retry-after"] == "1"


async def test_without_counts_alerts_and_keys_are_good(blind: House) -> None:
    alert = await blind.alert({"ticker": "BTCUSDT", "action": "buy", "quantity": "1"})
    listed = await blind.client.get("/api/orders", headers=bearer(KEY))

    assert (alert.status_code, listed.status_code) == (202, 200)
