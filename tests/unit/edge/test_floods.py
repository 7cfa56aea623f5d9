"""What a flood of alerts does that are refused anyway, when it comes with a good token."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edge.settings import EdgeSettings
from tests.unit.edge.house import a_house, an_alert

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("body", [b'{"ticker":', b"\xff", b"x" * (16 * 1024 + 1), b"hello"])
async def test_flood_of_broken_bodies_is_429_and_written_down_once_a_minute(body: bytes) -> None:
    async with a_house(settings=EdgeSettings(webhook_rate=1, webhook_burst=2)) as house:
        answers = [await house.alert(body) for _ in range(6)]
        early = await house.items("/api/signals")
        for _ in range(60):
            house.clock.go_on(timedelta(seconds=1))
            answers += [await house.alert(body) for _ in range(2)]
        signals = await house.items("/api/signals?limit=200")

    assert [answer.status_code for answer in answers[:2]] == [answers[0].status_code] * 2
    assert answers[0].status_code in {400, 413}
    assert {answer.status_code for answer in answers[2:6]} == {429}
    assert answers[2].headers["retry-after"] == "1"
    assert answers[2].json()["code"] == "rate_limited"
    assert answers[0].json()["code"] in answers[2].json()["hint"]
    assert [signal["code"] for signal in early].count("rate_limited") == 1
    # A body a second is its limit; twice as many come.
    assert [signal["code"] for signal in signals].count("rate_limited") == 2
    assert len(signals) == 2 + 60 + 2


async def test_flood_at_a_paused_strategy_is_429() -> None:
    async with a_house(settings=EdgeSettings(webhook_rate=1, webhook_burst=1)) as house:
        await house.post(f"/api/strategies/{house.strategy.id}/pause")
        answers = [await house.alert(an_alert(id=str(n))) for n in range(4)]
        signals = await house.items("/api/signals")

    assert [answer.status_code for answer in answers] == [403, 429, 429, 429]
    assert [signal["code"] for signal in signals] == ["rate_limited", "strategy_paused"]


async def test_flood_of_broken_bodies_takes_no_good_alerts_turn() -> None:
    async with a_house(settings=EdgeSettings(webhook_rate=1, webhook_burst=2)) as house:
        broken = [await house.alert(b"{") for _ in range(6)]
        good = [await house.alert(an_alert(id=str(n))) for n in range(3)]

    assert [answer.status_code for answer in broken] == [400, 400, 429, 429, 429, 429]
    assert [answer.status_code for answer in good[:2]] == [202, 202]
    assert (good[2].status_code, good[2].json()["code"]) == (200, "rate_limited")


async def test_flood_at_one_strategy_leaves_another_alone() -> None:
    async with a_house(settings=EdgeSettings(webhook_rate=1, webhook_burst=1)) as house:
        token, _ = await house.two_accounts()
        flood = [await house.alert(b"{") for _ in range(3)]
        other = await house.alert(an_alert(), path=f"/webhook/tradingview/{token}")

    assert [answer.status_code for answer in flood] == [400, 429, 429]
    assert other.status_code == 202
