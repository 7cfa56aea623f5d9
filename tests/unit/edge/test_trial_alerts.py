"""Whoever is signed in sends a strategy a test alert: the way of a webhook, and always on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bus.values import Mode
from tests.builders import a_strategy, an_account
from tests.unit.edge.house import KEY, bearer
from tests.unit.edge.people import a_person, signed_in

if TYPE_CHECKING:
    from handlers.records.accounts import Account, Strategy
    from tests.unit.edge.house import House
    from tests.unit.edge.people import Browser

pytestmark = pytest.mark.anyio

BUY = {"ticker": "BTCUSDT", "action": "buy", "quantity": "1", "mode": "live"}


async def a_trader(house: House, mode: Mode = Mode.PAPER) -> tuple[Browser, Strategy, Account]:
    person = await a_person(house)
    catalogue = house.ports.store.catalogue
    account = await catalogue.add_account(msgspec.structs.replace(an_account(person.id), mode=mode))
    strategy = await catalogue.add_strategy(a_strategy(account), token_hash=b"t" * 32)
    return await signed_in(house, person), strategy, account


async def orders_of(browser: Browser) -> list[dict[str, Any]]:
    return (await browser.get("/api/orders")).json()["items"]


async def test_a_test_is_recorded_and_ordered_as_an_alert_is_and_shown_as_a_test(
    house: House,
) -> None:
    browser, strategy, account = await a_trader(house)

    answer = await browser.post(f"/api/strategies/{strategy.id}/test", BUY)

    assert answer.status_code == 202, answer.text
    said = answer.json()
    [order] = await orders_of(browser)
    assert [order["id"]] == [each["id"] for each in said["orders"]]
    assert (order["account_id"], order["mode"], order["state"]) == (
        str(account.id), "paper", "queued",
    )  # fmt: skip
    [signal] = (await browser.get("/api/signals")).json()["items"]
    assert (signal["id"], signal["dialect"], signal["outcome"]) == (
        said["signal_id"], "test", "accepted",
    )  # fmt: skip
    assert (await house.next_start()).message.user_id == strategy.user_id


async def test_a_test_at_a_live_account_is_denied_and_reaches_no_venue(house: House) -> None:
    browser, strategy, _ = await a_trader(house, Mode.LIVE)

    await browser.post(f"/api/strategies/{strategy.id}/test", BUY)

    [order] = await orders_of(browser)
    assert (order["state"], order["error_code"], order["mode"]) == (
        "denied", "mode_mismatch", "paper",
    )  # fmt: skip


async def test_a_refused_test_is_shown_as_one(house: House) -> None:
    browser, strategy, _ = await a_trader(house)

    answer = await browser.post(f"/api/strategies/{strategy.id}/test", {"action": "buy"})

    assert answer.status_code == 400
    [signal] = (await browser.get("/api/signals")).json()["items"]
    assert (signal["dialect"], signal["outcome"]) == ("test", "refused")


async def test_a_paused_strategy_takes_no_test(house: House) -> None:
    browser, strategy, _ = await a_trader(house)
    await browser.post(f"/api/strategies/{strategy.id}/pause")

    answer = await browser.post(f"/api/strategies/{strategy.id}/test", BUY)

    assert (answer.status_code, answer.json()["code"]) == (403, "strategy_paused")
    assert await orders_of(browser) == []


async def test_the_same_test_twice_is_a_duplicate(house: House) -> None:
    browser, strategy, _ = await a_trader(house)
    body = BUY | {"id": "once"}

    first, second = [
        await browser.post(f"/api/strategies/{strategy.id}/test", body) for _ in range(2)
    ]

    assert (first.status_code, second.status_code) == (202, 200)
    assert second.json()["status"] == "duplicate"


async def test_a_test_is_told_in_the_log(house: House) -> None:
    browser, strategy, _ = await a_trader(house)
    said = (await browser.post(f"/api/strategies/{strategy.id}/test", BUY)).json()

    entry = (await browser.get("/api/audit")).json()["items"][0]

    assert (entry["action"], entry["subject"]) == ("strategy.test", f"strategy:{strategy.id}")
    assert entry["after"] == {"signal": said["signal_id"], "outcome": "accepted"}


async def test_nobody_tests_anothers_strategy(house: House) -> None:
    browser, _, _ = await a_trader(house)

    answer = await browser.post(f"/api/strategies/{house.strategy.id}/test", BUY)

    assert answer.status_code == 404
    assert await house.items("/api/signals") == []


async def test_a_key_sends_no_test(house: House) -> None:
    answer = await house.client.post(
        f"/api/strategies/{house.strategy.id}/test",
        content=msgspec.json.encode(BUY),
        headers=bearer(KEY),
    )

    assert answer.status_code == 403


async def test_a_body_beyond_a_webhooks_is_refused(house: House) -> None:
    browser, strategy, _ = await a_trader(house)

    answer = await browser.post(f"/api/strategies/{strategy.id}/test", {"x": "y" * 17_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_test_is_answered_in_the_language_that_is_asked_for(house: House) -> None:
    browser, strategy, _ = await a_trader(house)
    path = f"/api/strategies/{strategy.id}/test"

    chinese = await browser.post(path, BUY, **{"Accept-Language": "zh-TW"})
    english = await browser.post(path, BUY | {"quantity": "2"})

    assert chinese.json()["orders"][0]["summary"].startswith("買進 1 ")
    assert all("重送" in text for text in chinese.json()["warnings"] if "no_time" in text)
    assert english.json()["orders"][0]["summary"].startswith("buy 2 ")
