"""API keys: what they may do, until when, from where; and no more than who made them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from edge.settings import EdgeSettings
from tests.unit.edge.house import KEY, a_house, bearer
from tests.unit.edge.people import a_browser, signed_in

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def made(house: House, *, key: str = KEY, **fields: Any) -> dict[str, Any]:
    answer = await house.post("/api/api-keys", {"name": "x", "scopes": ["read"]} | fields, key=key)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_whole_key_is_shown_once(house: House) -> None:
    key = await made(house)

    listed = (await house.get("/api/api-keys")).text

    assert key["key"].startswith("fp_")
    assert len(key["key"]) == 46
    assert key["id"] in listed
    assert key["key"] not in listed


async def test_key_opens_what_its_scopes_say(house: House) -> None:
    key = (await made(house))["key"]

    read = await house.get("/api/orders", key=key)
    trade = await house.post("/api/kill-switch", {"engaged": True}, key=key)
    admin = await house.post("/api/api-keys", {"name": "y", "scopes": ["read"]}, key=key)

    assert [read.status_code, trade.status_code, admin.status_code] == [200, 403, 403]


async def test_session_makes_a_key_of_its_user(house: House) -> None:
    browser = await signed_in(house)

    key = (await browser.post("/api/api-keys", {"name": "x", "scopes": ["read", "trade"]})).json()

    listed = (await house.get("/api/api-keys", key=key["key"])).json()["items"]
    assert [each["id"] for each in listed] == [key["id"]]
    assert listed[0]["last_used_at"] is None or listed[0]["last_used_at"].endswith("Z")


async def test_no_key_makes_one_that_may_more(house: House) -> None:
    admin = (await made(house, scopes=["admin", "read"]))["key"]

    answer = await house.post(
        "/api/api-keys", {"name": "y", "scopes": ["read", "trade"]}, key=admin
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_no_key_makes_one_that_outlives_it_or_leaves_its_network(house: House) -> None:
    end = (house.clock.now() + timedelta(days=1)).isoformat()
    admin = await made(house, scopes=["admin", "read"], expires_at=end, cidr="127.0.0.0/8")

    child = await made(house, key=admin["key"])

    assert child["expires_at"] == admin["expires_at"]
    assert child["cidr"] == "127.0.0.0/8"


async def test_key_ends_when_it_was_told_to(house: House) -> None:
    key = await made(house, expires_at=(house.clock.now() + timedelta(hours=1)).isoformat())
    before = await house.get("/api/orders", key=key["key"])

    house.clock.go_on(timedelta(hours=1))

    after = await house.get("/api/orders", key=key["key"])
    assert (before.status_code, after.status_code) == (200, 401)


async def test_revoked_key_is_out_at_once(house: House) -> None:
    key = await made(house)

    answer = await house.client.delete(f"/api/api-keys/{key['id']}", headers=bearer(KEY))

    assert answer.status_code == 204
    assert (await house.get("/api/orders", key=key["key"])).status_code == 401


async def test_key_of_somebody_else_is_not_there(house: House) -> None:
    key = await made(house)
    browser = await signed_in(house)

    answer = await browser.send("DELETE", f"/api/api-keys/{key['id']}")

    assert answer.status_code == 404
    assert (await house.get("/api/orders", key=key["key"])).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [("203.0.113.9", 200), ("203.0.114.9", 403), ("2001:db8::1", 403)],
)
async def test_key_of_a_network_is_of_no_use_elsewhere(
    house: House, address: str, status: int
) -> None:
    key = await made(house, cidr="203.0.113.0/24")
    browser = a_browser(house, address=address)

    answer = await browser.get("/api/orders", **bearer(key["key"]))

    assert answer.status_code == status


async def test_network_is_that_of_the_client_behind_the_proxies() -> None:
    async with a_house(settings=EdgeSettings(proxy_hops=1)) as house:
        key = await made(house, cidr="203.0.113.0/24")
        browser = a_browser(house, address="10.0.0.1", **bearer(key["key"]))

        inside = await browser.get("/api/orders", **{"X-Forwarded-For": "8.8.8.8, 203.0.113.9"})
        spoofed = await browser.get("/api/orders", **{"X-Forwarded-For": "203.0.113.9, 8.8.8.8"})

    assert (inside.status_code, spoofed.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": ""}),
        ("scopes", {"scopes": []}),
        ("scopes[0]", {"scopes": ["root"]}),
        ("expires_at", {"expires_at": "2020-01-01T00:00:00Z"}),
        ("expires_at", {"expires_at": "2030-01-01T00:00:00"}),
        ("expires_at", {"expires_at": "9999-12-31T23:59:59-23:59"}),
        ("cidr", {"cidr": "203.0.113.9/24"}),
        ("cidr", {"cidr": "everywhere"}),
        ("user_id", {"user_id": "01a205d0-8fce-7638-b30a-52e32c3f23ee"}),
        ("key", {"key": "fp_" + "a" * 43}),
    ],
)
async def test_field_that_cannot_be_taken_is_named(
    house: House, field: str, fields: dict[str, Any]
) -> None:
    answer = await house.post("/api/api-keys", {"name": "x", "scopes": ["read"]} | fields)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
