"""Strategies, made and changed through the API, and prices set by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bus.values import Mode
from tests.builders import a_user, an_account
from tests.unit.edge.house import TOKEN, an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


def wish(house: House, **fields: Any) -> dict[str, Any]:
    return {"name": "Breakout", "accounts": [str(house.account.id)], "mode": "paper"} | fields


def path_of(strategy: dict[str, Any]) -> str:
    url: str = strategy["webhook_url"]
    return urlsplit(url).path


async def test_new_strategy_shows_its_address_whole_and_takes_alerts_there(house: House) -> None:
    created = await house.post("/api/strategies", wish(house))

    path = path_of(created.json())
    alert = await house.alert(an_alert(), path=path)
    assert created.status_code == 201
    assert path.startswith("/webhook/tradingview/wh_")
    assert len(path.rpartition("wh_")[2]) == 43
    assert alert.status_code == 202


async def test_listed_strategies_never_show_a_token(house: House) -> None:
    created = (await house.post("/api/strategies", wish(house))).json()

    listed = await house.get("/api/strategies")

    token = created["webhook_url"].rpartition("/")[2]
    assert token not in listed.text
    assert all(strategy["webhook_url"].endswith("/wh_***") for strategy in listed.json()["items"])


async def test_strategy_has_every_promised_field(house: House) -> None:
    created = (await house.post("/api/strategies", wish(house, default_quantity="0.10"))).json()

    assert set(created) >= {
        *("id", "name", "state", "mode", "accounts", "default_quantity", "dedupe_window_s"),
        "webhook_url",
    }
    assert (created["state"], created["default_quantity"]) == ("active", "0.10")
    assert created["dedupe_window_s"] == 30


async def test_default_quantity_is_traded_where_an_alert_names_none(house: House) -> None:
    created = (await house.post("/api/strategies", wish(house, default_quantity="0.25"))).json()

    await house.alert({"ticker": "BTCUSDT", "action": "buy"}, path=path_of(created))

    assert [order["quantity"] for order in await house.items("/api/orders")] == ["0.25"]


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"name": " "}, 400, "name"),
        ({"name": "x" * 101}, 400, "name"),
        ({"name": "a\0b"}, 400, "name"),
        ({"accounts": []}, 400, "accounts"),
        ({"accounts": ["01a205d0-8fce-7638-b30a-52e32c3f23ee"]}, 404, "accounts"),
        ({"accounts": "all"}, 400, "accounts"),
        ({"mode": "live"}, 400, "mode"),
        ({"mode": "dream"}, 400, "mode"),
        ({"default_quantity": "-1"}, 400, "default_quantity"),
        ({"dedupe_window_s": 7}, 400, "dedupe_window_s"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
async def test_unusable_strategy_is_refused_by_its_field(
    house: House, fields: dict[str, Any], status: int, field: str
) -> None:
    answer = await house.post("/api/strategies", wish(house, **fields))

    assert (answer.status_code, answer.json()["field"]) == (status, field)


async def test_strategy_cannot_reach_a_strangers_account(house: House) -> None:
    stranger = a_user()
    await house.ports.store.identity.add_user(stranger, email="s@example.org", password_hash="-")
    theirs = await house.ports.store.catalogue.add_account(an_account(stranger))

    answer = await house.post("/api/strategies", wish(house, accounts=[str(theirs.id)]))

    assert answer.status_code == 404


async def test_live_strategy_of_live_accounts_is_made(house: House) -> None:
    await house.protect()
    live = await house.ports.store.catalogue.add_account(an_account(house.user, mode=Mode.LIVE))

    answer = await house.post("/api/strategies", wish(house, accounts=[str(live.id)], mode="live"))

    assert (answer.status_code, answer.json()["mode"]) == (201, "live")


async def test_paused_strategy_refuses_and_resumed_takes(house: House) -> None:
    await house.alert(an_alert())
    paused = await house.post(f"/api/strategies/{house.strategy.id}/pause")
    refused = await house.alert(an_alert(action="sell"))
    resumed = await house.post(f"/api/strategies/{house.strategy.id}/resume")
    taken = await house.alert(an_alert(action="sell"))

    assert (paused.json()["state"], resumed.json()["state"]) == ("paused", "active")
    assert (refused.status_code, taken.status_code) == (403, 202)


async def test_new_token_and_old_one_both_work_for_a_day(house: House) -> None:
    rotated = await house.post(f"/api/strategies/{house.strategy.id}/rotate-token")

    new = await house.alert(an_alert(), path=path_of(rotated.json()))
    old = await house.alert(an_alert(action="sell"))

    assert (rotated.status_code, new.status_code, old.status_code) == (200, 202, 202)
    assert TOKEN not in rotated.text


async def test_leaked_token_ends_now(house: House) -> None:
    path = f"/api/strategies/{house.strategy.id}/rotate-token"

    rotated = await house.post(path, {"grace_s": 0})

    assert rotated.json()["old_token_until"] == shown(house.clock.now())
    assert (await house.alert(an_alert())).status_code == 401


async def test_rotation_says_until_when_the_old_token_is_good(house: House) -> None:
    path = f"/api/strategies/{house.strategy.id}/rotate-token"

    whole = (await house.post(path)).json()["old_token_until"]
    short = (await house.post(path, {"grace_s": 60})).json()["old_token_until"]

    now = house.clock.now()
    assert (whole, short) == (shown(now + timedelta(days=1)), shown(now + timedelta(seconds=60)))


@pytest.mark.parametrize("grace", [-1, 86_401, "soon", 1.5])
async def test_grace_out_of_bounds_is_400(house: House, grace: object) -> None:
    path = f"/api/strategies/{house.strategy.id}/rotate-token"

    answer = await house.post(path, {"grace_s": grace})

    assert (answer.status_code, answer.json()["field"]) == (400, "grace_s")
    assert (await house.alert(an_alert())).status_code == 202


def shown(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


async def test_paper_price_is_set_in_the_callers_own_market(house: House) -> None:
    answer = await house.post("/api/paper/ticks", {"symbol": "btcusdt", "price": "64250.10"})

    assert answer.status_code == 202
    assert answer.json() == {"symbol": "BTCUSDT", "price": "64250.10", "moved": 0}
    assert [(user, symbol, str(price)) for user, symbol, price in house.prices] == [
        (house.user, "BTCUSDT", "64250.10")
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"symbol": "BTCUSDT", "price": "0"}, "price"),
        ({"symbol": "BTCUSDT", "price": "x"}, "price"),
        ({"symbol": "a b", "price": "1"}, "symbol"),
        ({"symbol": "BTCUSDT"}, "price"),
    ],
)
async def test_unusable_paper_price_is_400(house: House, body: dict[str, Any], field: str) -> None:
    answer = await house.post("/api/paper/ticks", body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
