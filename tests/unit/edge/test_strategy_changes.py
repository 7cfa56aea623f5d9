"""What is set on a strategy is changed through the API, and told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bus.values import Mode
from tests.builders import a_strategy, an_account
from tests.unit.edge.house import KEY, TOKEN, an_alert, bearer
from tests.unit.edge.people import a_person, code_of, signed_in, with_second_factor

if TYPE_CHECKING:
    import httpx

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def change(house: House, **fields: Any) -> httpx.Response:
    return await house.client.patch(
        f"/api/strategies/{house.strategy.id}",
        content=msgspec.json.encode({"revision": 1} | fields),
        headers=bearer(KEY),
    )


async def test_what_is_named_is_changed_and_the_rest_stays(house: House) -> None:
    _, other = await house.two_accounts()

    answer = await change(
        house,
        name=" Reversal ",
        accounts=[str(other.id)],
        default_quantity="0.10",
        dedupe_window_s=5,
        settings={"drift": "resync", "entry_ttl_s": 10},
    )

    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["name"], shown["accounts"]) == ("Reversal", [str(other.id)])
    assert (shown["default_quantity"], shown["dedupe_window_s"]) == ("0.10", 5)
    assert shown["settings"] == {
        "follows": False,
        "drift": "resync",
        "entry_ttl_s": 10,
        "exit_ttl_s": 900,
        "strict_time": False,
    }
    assert (shown["revision"], shown["mode"], shown["state"]) == (2, "paper", "active")
    assert shown["webhook_url"].endswith("/wh_***")
    listed = await house.items("/api/strategies")
    assert shown in listed


async def test_null_takes_a_quantity_away(house: House) -> None:
    await change(house, default_quantity="0.10")

    answer = await change(house, revision=2, default_quantity=None)

    assert answer.json()["default_quantity"] is None


async def test_of_two_who_read_the_same_the_second_is_told(house: House) -> None:
    await change(house, name="First")

    answer = await change(house, name="Second")

    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")
    names = [each["name"] for each in await house.items("/api/strategies")]
    assert names == ["First"]


async def test_a_change_is_told_as_it_was_and_is(house: House) -> None:
    await change(house, name="Reversal", settings={"follows": True})

    [entry] = await house.items("/api/audit")

    settings = {
        "drift": "block",
        "entry_ttl_s": 60,
        "exit_ttl_s": 900,
        "strict_time": False,
    }
    assert (entry["action"], entry["subject"]) == (
        "strategy.change",
        f"strategy:{house.strategy.id}",
    )
    assert entry["before"] == {"name": "Trend", "settings": settings | {"follows": False}}
    assert entry["after"] == {"name": "Reversal", "settings": settings | {"follows": True}}


async def test_alerts_follow_the_change_at_once(house: House) -> None:
    await house.alert(an_alert())

    await change(house, default_quantity="0.25", dedupe_window_s=0)
    await house.alert({"ticker": "BTCUSDT", "action": "buy"})

    assert (await house.items("/api/orders"))[0]["quantity"] == "0.25"


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"name": ""}, 400, "name"),
        ({"accounts": []}, 400, "accounts"),
        ({"accounts": ["01a205d0-8fce-7638-b30a-52e32c3f23ee"]}, 404, "accounts"),
        ({"mode": "live"}, 400, "mode"),
        ({"default_quantity": "-1"}, 400, "default_quantity"),
        ({"dedupe_window_s": 7}, 400, "dedupe_window_s"),
        ({"settings": {"entry_ttl_s": 0}}, 400, None),
        ({"settings": {"drift": "hope"}}, 400, None),
        ({"settings": {"pip_size": "0.0001"}}, 400, None),
        ({"state": "paused"}, 400, None),
    ],
)
async def test_what_cannot_be_set_is_refused_by_name_and_nothing_is_changed(
    house: House, fields: dict[str, Any], status: int, field: str | None
) -> None:
    before = await house.items("/api/strategies")

    answer = await change(house, **fields)

    assert answer.status_code == status
    assert field is None or answer.json()["field"] == field
    assert await house.items("/api/strategies") == before


async def test_a_change_without_its_revision_is_refused(house: House) -> None:
    answer = await house.client.patch(
        f"/api/strategies/{house.strategy.id}", content=b'{"name": "x"}', headers=bearer(KEY)
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"name": "Renamed"}, 200), ({"default_quantity": "9"}, 403), ({"mode": "paper"}, 200)],
)
async def test_more_risk_at_a_live_strategy_takes_a_second_factor(
    house: House, fields: dict[str, Any], status: int
) -> None:
    person = await a_person(house)
    live = await a_live_strategy(house, person.id)
    browser = await signed_in(house, person)

    answer = await browser.send("PATCH", f"/api/strategies/{live}", {"revision": 1} | fields)

    assert answer.status_code == status, answer.text
    assert status == 200 or answer.json()["code"] == "second_factor_required"


async def test_more_risk_at_a_live_strategy_takes_a_fresh_code(house: House) -> None:
    person = await a_person(house)
    live = await a_live_strategy(house, person.id)
    browser = await signed_in(house, person)
    seed = await with_second_factor(house, browser)
    house.clock.go_on(timedelta(minutes=11))
    wish = {"revision": 1, "default_quantity": "9"}

    refused = await browser.send("PATCH", f"/api/strategies/{live}", wish)
    await browser.post("/api/auth/step-up", {"totp": code_of(house, seed)})
    taken = await browser.send("PATCH", f"/api/strategies/{live}", wish)

    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert taken.status_code == 200


async def a_live_strategy(house: House, user: Any) -> str:
    catalogue = house.ports.store.catalogue
    account = msgspec.structs.replace(an_account(user), mode=Mode.LIVE)
    strategy = a_strategy(await catalogue.add_account(account))
    await catalogue.add_strategy(strategy, token_hash=TOKEN.encode()[:32])
    return str(strategy.id)
