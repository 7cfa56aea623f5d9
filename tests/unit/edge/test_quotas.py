"""How often the API may be asked, and what happens while nobody can count."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest
from typing_extensions import override

from edge.settings import EdgeSettings
from handlers.throttle.errors import ThrottleUnavailableError
from handlers.throttle.memory import MemoryThrottle
from tests.unit.edge.house import KEY, a_house, an_alert, bearer
from tests.unit.edge.people import a_browser, a_person, signed_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from handlers.throttle.base import Counter
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

TIGHT = EdgeSettings(api_rate=5, api_rate_per_address=20)


class AwayThrottle(MemoryThrottle):
    """Counts how often it was asked, and never answers."""

    asked = 0
    hangs = False

    @override
    async def take(self, counter: Counter) -> float:
        self.asked += 1
        if self.hangs:
            await anyio.sleep_forever()
        raise ThrottleUnavailableError

    @override
    async def wait(self, *counters: Counter) -> float:
        raise ThrottleUnavailableError


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with a_house(settings=TIGHT) as opened:
        yield opened


async def many(house: House, count: int, path: str = "/api/orders") -> list[httpx.Response]:
    return [await house.get(path) for _ in range(count)]


async def test_user_who_asks_too_often_is_told_for_how_long(house: House) -> None:
    answers = await many(house, 6)

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


async def test_waiting_as_long_as_was_said_helps(house: House) -> None:
    refused = (await many(house, 6))[-1]

    house.clock.go_on(timedelta(seconds=int(refused.headers["retry-after"])))

    assert (await house.get("/api/orders")).status_code == 200


async def test_all_keys_and_sessions_of_a_user_count_as_one(house: House) -> None:
    second = "fp_" + "s" * 43
    await house.add_key(second, "read")

    first = [(await house.get("/api/orders")).status_code for _ in range(3)]
    others = [(await house.get("/api/orders", key=second)).status_code for _ in range(3)]

    assert first + others == [200] * 5 + [429]


async def test_one_user_does_not_use_up_what_another_has(house: House) -> None:
    browser = await signed_in(house)
    await many(house, 6)

    assert (await browser.get("/api/orders")).status_code == 200


async def test_place_that_asks_too_often_is_refused_whoever_it_says_it_is(house: House) -> None:
    bad = bearer("fp_" + "x" * 43)
    answers = [(await house.client.get("/api/orders", headers=bad)).status_code for _ in range(21)]

    assert answers == [401] * 20 + [429]


async def test_the_door_counts_the_place_too(house: House) -> None:
    browser = a_browser(house)
    answers = [
        (await browser.post("/api/auth/verify", {"token": "x"})).status_code for _ in range(21)
    ]

    assert answers == [400] * 20 + [429]


async def test_header_that_anybody_can_write_names_no_other_place() -> None:
    settings = EdgeSettings(api_rate_per_address=5, proxy_hops=1)
    async with a_house(settings=settings) as house:
        answers = [
            (
                await house.client.get(
                    "/api/orders", headers={"X-Forwarded-For": f"10.0.{n}.1, 198.51.100.7"}
                )
            ).status_code
            for n in range(6)
        ]

    assert answers == [401] * 5 + [429]


async def test_kill_switch_and_cancels_are_never_too_much(house: House) -> None:
    order = (await house.alert(an_alert())).json()["orders"][0]["id"]
    await many(house, 6)

    cancel = await house.post(f"/api/orders/{order}/cancel")
    engage = await house.post("/api/kill-switch", {"engaged": True})

    assert (cancel.status_code, engage.status_code) == (202, 200)


async def test_alerts_are_not_counted(house: House) -> None:
    answers = [(await house.alert(an_alert(id=str(n)))).status_code for n in range(25)]

    assert answers == [202] * 25


@pytest.mark.parametrize("hangs", [False, True])
async def test_while_nobody_counts_each_process_counts_for_itself(*, hangs: bool) -> None:
    throttle = AwayThrottle(clock=None)  # pyright: ignore[reportArgumentType] - never looked at
    throttle.hangs = hangs
    async with a_house(settings=TIGHT, throttle=throttle) as house:
        answers = await many(house, 6)

        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert throttle.asked == 1
        assert answers[-1].headers["retry-after"] == "1"


async def test_counting_together_begins_again_by_itself() -> None:
    throttle = AwayThrottle(clock=None)  # pyright: ignore[reportArgumentType] - never looked at
    async with a_house(settings=TIGHT, throttle=throttle) as house:
        await many(house, 2)
        house.clock.go_on(timedelta(seconds=6))
        await many(house, 2)

        # Once for the place; its silence keeps the user's from being asked for.
        assert throttle.asked == 2


async def test_signing_in_is_closed_while_nobody_counts() -> None:
    throttle = AwayThrottle(clock=None)  # pyright: ignore[reportArgumentType] - never looked at
    async with a_house(throttle=throttle) as house:
        ann = await a_person(house)

        answer = await a_browser(house).sign_in(ann.email)

        assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_unavailable")
        assert (await house.get("/api/orders", key=KEY)).status_code == 200
