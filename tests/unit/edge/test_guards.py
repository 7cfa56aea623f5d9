"""Who is let in, and to what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from handlers.identity.tokens import hash_secret
from tests.unit.edge.house import KEY, bearer, furnish

if TYPE_CHECKING:
    from handlers.records.access import Principal
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

SOMEBODY = "01a205d0-8fce-7638-b30a-52e32c3f23ee"
ROUTES = [
    ("GET", "/api/orders", "read"),
    ("GET", f"/api/orders/{SOMEBODY}", "read"),
    ("POST", "/api/orders", "trade"),
    ("POST", f"/api/orders/{SOMEBODY}/cancel", "trade"),
    ("POST", f"/api/orders/{SOMEBODY}/resolve", "trade"),
    ("GET", "/api/signals", "read"),
    ("POST", "/api/signals/explain", "read"),
    ("GET", "/api/fills", "read"),
    ("GET", "/api/positions", "read"),
    ("GET", "/api/workers", "read"),
    ("GET", "/api/strategies", "read"),
    ("POST", "/api/strategies", "admin"),
    ("PATCH", f"/api/strategies/{SOMEBODY}", "admin"),
    ("POST", f"/api/strategies/{SOMEBODY}/pause", "admin"),
    ("POST", f"/api/strategies/{SOMEBODY}/resume", "admin"),
    ("POST", f"/api/strategies/{SOMEBODY}/rotate-token", "admin"),
    ("GET", "/api/accounts", "read"),
    ("POST", "/api/accounts", "admin"),
    ("GET", f"/api/accounts/{SOMEBODY}", "read"),
    ("PUT", f"/api/accounts/{SOMEBODY}/credentials", "admin"),
    ("DELETE", f"/api/accounts/{SOMEBODY}", "admin"),
    ("POST", f"/api/accounts/{SOMEBODY}/enable", "admin"),
    ("POST", f"/api/accounts/{SOMEBODY}/disable", "admin"),
    ("POST", f"/api/accounts/{SOMEBODY}/test", "trade"),
    ("GET", "/api/comparisons", "read"),
    ("POST", f"/api/comparisons/{SOMEBODY}/acknowledge", "trade"),
    ("GET", "/api/kill-switch", "read"),
    ("POST", "/api/kill-switch", "trade"),
    ("GET", "/api/brokers", "read"),
    ("GET", "/api/symbols", "read"),
    ("PUT", "/api/symbols", "admin"),
    ("DELETE", f"/api/symbols/{SOMEBODY}", "admin"),
    ("GET", "/api/symbols/search", "trade"),
    ("GET", "/api/audit", "read"),
    ("GET", "/api/audit/export", "read"),
    ("GET", "/api/dead-letters", "read"),
    ("POST", f"/api/dead-letters/{SOMEBODY}/replay", "trade"),
    ("POST", f"/api/dead-letters/{SOMEBODY}/discard", "trade"),
    ("POST", "/api/paper/ticks", "trade"),
    ("GET", "/api/stream", "read"),
    ("GET", "/api/api-keys", "read"),
    ("POST", "/api/api-keys", "admin"),
    ("DELETE", f"/api/api-keys/{SOMEBODY}", "admin"),
]
# What a session alone opens, and what anybody may ask for.
IN_SESSION = [
    ("GET", "/api/auth/session"),
    ("POST", "/api/auth/sign-out"),
    ("POST", "/api/auth/step-up"),
    ("GET", "/api/auth/sessions"),
    ("DELETE", "/api/auth/sessions"),
    ("DELETE", f"/api/auth/sessions/{SOMEBODY}"),
    ("POST", "/api/auth/password"),
    ("POST", "/api/auth/totp/enroll"),
    ("POST", "/api/auth/totp/confirm"),
    ("POST", "/api/auth/totp/disable"),
    ("GET", "/api/operations"),
    ("POST", f"/api/strategies/{SOMEBODY}/test"),
]
AT_THE_DOOR = [
    ("POST", "/api/auth/sign-up"),
    ("POST", "/api/auth/verify"),
    ("POST", "/api/auth/sign-in"),
    ("POST", "/api/auth/link"),
    ("POST", "/api/auth/password/forgot"),
    ("POST", "/api/auth/password/reset"),
]
EVERY_ROUTE = pytest.mark.parametrize(("method", "path", "scope"), ROUTES)


@EVERY_ROUTE
async def test_nobody_gets_in_without_a_key(
    house: House, method: str, path: str, scope: str
) -> None:
    del scope

    answer = await house.client.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@EVERY_ROUTE
async def test_key_that_lacks_the_scope_is_403(
    house: House, method: str, path: str, scope: str
) -> None:
    key = "fp_" + "l" * 43
    await house.add_key(key, *({"read", "trade", "admin"} - {scope}))

    answer = await house.client.request(method, path, headers=bearer(key))

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path"), IN_SESSION)
async def test_key_does_not_change_how_its_owner_signs_in(
    house: House, method: str, path: str
) -> None:
    answer = await house.client.request(method, path, headers=bearer(KEY))

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path"), IN_SESSION)
async def test_nobody_gets_in_without_a_session(house: House, method: str, path: str) -> None:
    answer = await house.client.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_list_of_routes_here_is_the_whole_api(house: House) -> None:
    described = {
        (method.upper(), path)
        for path, item in (await house.get("/schema/openapi.json")).json()["paths"].items()
        for method in item
        if path.startswith("/api/")
    }
    listed = {
        (
            method,
            path.replace(SOMEBODY, "{id}"),
        )
        for method, path in [
            *((method, path) for method, path, _ in ROUTES),
            *IN_SESSION,
            *AT_THE_DOOR,
        ]
    }

    assert {(method, _with_id(path)) for method, path in described} == listed


@pytest.mark.parametrize(
    "header",
    ["", KEY, f"Basic {KEY}", "Bearer", "Bearer ", "Bearer wh_x", f"Bearer {KEY}x", "Bearer fp_é"],
)
async def test_anything_but_a_good_key_is_401(house: House, header: str) -> None:
    answer = await house.client.get(
        "/api/orders", headers=[(b"Authorization", header.encode("latin-1"))]
    )

    assert answer.status_code == 401


async def test_expired_key_is_401(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    principal = await house.ports.store.identity.principal(hash_secret(KEY))
    assert principal is not None
    expired = msgspec.structs.replace(principal, expires_at=house.clock.now() - timedelta(1))

    async def expire(_key_hash: bytes) -> Principal:
        return expired

    monkeypatch.setattr(house.ports.store.identity, "principal", expire)

    assert (await house.get("/api/orders")).status_code == 401


async def test_one_user_sees_nothing_of_another(house: House) -> None:
    other_key = "fp_" + "o" * 43
    await furnish(house.ports.store, token="wh_" + "o" * 43, key=other_key)
    order = (await house.alert({"ticker": "BTCUSDT", "action": "buy", "quantity": "1"})).json()
    order_id = order["orders"][0]["id"]

    lists = [
        (await house.get(path, key=other_key)).json()["items"]
        for path in ("/api/orders", "/api/signals", "/api/fills", "/api/positions")
    ]
    detail = await house.get(f"/api/orders/{order_id}", key=other_key)
    cancel = await house.post(f"/api/orders/{order_id}/cancel", key=other_key)
    pause = await house.post(f"/api/strategies/{house.strategy.id}/pause", key=other_key)
    rotate = await house.post(f"/api/strategies/{house.strategy.id}/rotate-token", key=other_key)
    disable = await house.post(f"/api/accounts/{house.account.id}/disable", key=other_key)

    assert lists == [[], [], [], []]
    assert [one.status_code for one in (detail, cancel, pause, rotate, disable)] == [404] * 5


def _with_id(path: str) -> str:
    return "/".join("{id}" if part.startswith("{") else part for part in path.split("/"))
