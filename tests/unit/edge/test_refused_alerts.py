"""What is kept of a refused alert: how it was understood, as far as it was, and never a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from edge.settings import EdgeSettings
from handlers.records.accounts import AccountState
from tests.unit.edge.house import TOKEN, a_house, an_alert
from tests.unit.edge.people import a_person, signed_in

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

BRACKETED = {"takeProfit": {"limitPrice": "70000"}}


async def kept(house: House) -> dict[str, Any]:
    """Return the newest alert of the record."""
    return (await house.items("/api/signals"))[0]


def asked_for(signal: dict[str, Any]) -> tuple[str, str, str]:
    said = signal["signal"]
    return said["ticker"], said["action"], said["quantity"]


async def test_an_alert_with_a_field_that_cannot_be_carried_out_shows_what_it_asked(
    house: House,
) -> None:
    answer = await house.alert(an_alert(**BRACKETED))

    signal = await kept(house)
    assert (answer.status_code, signal["code"]) == (400, "unsupported_field")
    assert asked_for(signal) == ("BTCUSDT", "buy", "0.01")
    assert signal["signal"]["take_profit"] == {"limit_price": "70000"}
    assert signal["dialect"] == "traderspost"


async def test_it_is_shown_in_the_form_of_one_that_was_accepted(house: House) -> None:
    await house.alert(an_alert())
    accepted = await kept(house)
    await house.post("/api/kill-switch", {"engaged": True})
    await house.alert(an_alert())

    refused = await kept(house)

    assert (refused["outcome"], refused["code"]) == ("refused", "kill_switch_active")
    assert (refused["signal"], refused["dialect"]) == (accepted["signal"], accepted["dialect"])


async def test_an_alert_of_a_paused_strategy_shows_what_it_asked(house: House) -> None:
    await house.post(f"/api/strategies/{house.strategy.id}/pause")

    await house.alert(an_alert())

    signal = await kept(house)
    assert (signal["code"], asked_for(signal)) == ("strategy_paused", ("BTCUSDT", "buy", "0.01"))


async def test_an_alert_for_no_open_account_shows_what_it_asked(house: House) -> None:
    await house.ports.store.catalogue.set_account_state(
        house.user, house.account.id, AccountState.DISABLED
    )

    await house.alert(an_alert())

    signal = await kept(house)
    assert (signal["code"], asked_for(signal)) == ("account_disabled", ("BTCUSDT", "buy", "0.01"))


async def test_an_alert_that_came_too_late_shows_when_it_was_sent(house: House) -> None:
    sent = (house.clock.now() - timedelta(hours=1, seconds=7)).replace(microsecond=0)

    await house.alert(an_alert(time=sent.isoformat()))

    signal = await kept(house)
    assert signal["code"] == "stale_signal"
    assert signal["signal"]["time"] == sent.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_of_an_array_the_signal_at_fault_is_shown(house: House) -> None:
    await house.alert([an_alert(), an_alert(action="sell", quantity="3", **BRACKETED), an_alert()])

    [signal] = await house.items("/api/signals")
    assert (signal["code"], asked_for(signal)) == ("unsupported_field", ("BTCUSDT", "sell", "3"))


async def test_of_an_array_that_is_refused_whatever_it_says_the_first_is_shown(
    house: House,
) -> None:
    await house.post("/api/kill-switch", {"engaged": True})

    await house.alert([an_alert(quantity="2"), an_alert(quantity="3")])

    [signal] = await house.items("/api/signals")
    assert asked_for(signal) == ("BTCUSDT", "buy", "2")


@pytest.mark.parametrize("body", [b"{", b'{"ticker":"BTCUSDT","action":"buy","quantity":"x"}'])
async def test_an_alert_that_was_not_understood_shows_no_meaning(house: House, body: bytes) -> None:
    await house.alert(body)

    signal = await kept(house)
    assert (signal["outcome"], signal["signal"], signal["dialect"]) == ("refused", None, None)


async def test_no_secret_of_a_refused_alert_is_kept(house: House) -> None:
    await house.alert(
        an_alert(token=TOKEN, passphrase="hunter2", comment=TOKEN, odd=TOKEN, **BRACKETED)
    )

    text = (await house.get("/api/signals")).text
    assert '"take_profit":{' in text
    assert TOKEN not in text
    assert "hunter2" not in text


async def test_an_alert_that_comes_for_paper_alone_is_shown_so(house: House) -> None:
    await house.alert(an_alert(**BRACKETED), path=f"/webhook/{TOKEN}/order?simulation=true")

    signal = await kept(house)
    assert (signal["code"], signal["signal"]["mode"]) == ("unsupported_field", "paper")


async def test_in_a_flood_what_is_written_down_shows_what_it_asked() -> None:
    async with a_house(settings=EdgeSettings(webhook_rate=1, webhook_burst=1)) as house:
        for _ in range(3):
            await house.alert(an_alert(**BRACKETED))

        signal = await kept(house)
    assert (signal["code"], asked_for(signal)) == ("rate_limited", ("BTCUSDT", "buy", "0.01"))


async def test_a_refused_test_shows_what_it_asked_and_that_it_is_a_test(house: House) -> None:
    person = await a_person(house)
    browser = await signed_in(house, person)
    account = (
        await browser.post("/api/accounts", {"name": "A", "broker": "paper", "mode": "paper"})
    ).json()
    asked = {"name": "S", "accounts": [account["id"]], "mode": "paper"}
    strategy = (await browser.post("/api/strategies", asked)).json()

    await browser.post(f"/api/strategies/{strategy['id']}/test", an_alert(**BRACKETED))

    [signal] = (await browser.get("/api/signals")).json()["items"]
    assert (signal["dialect"], asked_for(signal)) == ("test", ("BTCUSDT", "buy", "0.01"))
