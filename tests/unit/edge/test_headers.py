"""The headers of every reply: a snapshot, on every kind of route and error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.unit.edge.house import KEY, TOKEN, bearer

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

SNAPSHOT = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
SOMEBODY = "01a205d0-8fce-7638-b30a-52e32c3f23ee"
REQUESTS = [
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("GET", "/orders/7"),
    ("GET", "/api/nowhere"),
    ("GET", "/assets/nowhere.js"),
    ("GET", "/nowhere"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/schema"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/api/orders"),
    ("GET", "/api/orders?limit=0"),
    ("GET", f"/api/orders/{SOMEBODY}"),
    ("DELETE", "/api/orders"),
    ("OPTIONS", "/api/orders"),
    ("POST", "/api/orders"),
    ("GET", "/api/signals"),
    ("GET", "/api/kill-switch"),
    ("POST", "/api/kill-switch"),
    ("GET", "/webhook/tradingview"),
    ("POST", "/webhook/tradingview"),
    ("POST", f"/webhook/tradingview/{TOKEN}"),
    ("POST", f"/webhook/tradingview/{TOKEN}/dry-run"),
    ("POST", f"/webhook/{TOKEN}/order"),
    ("POST", "/webhook/nowhere"),
]


@pytest.mark.parametrize(("method", "path"), REQUESTS)
@pytest.mark.parametrize("key", [KEY, "fp_wrong"])
async def test_every_reply_carries_the_security_headers(
    house: House, method: str, path: str, key: str
) -> None:
    answer = await house.client.request(method, path, headers=bearer(key))

    carried = {name: answer.headers.get(name) for name in SNAPSHOT}
    assert carried == SNAPSHOT
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", list(SNAPSHOT))
async def test_no_header_is_sent_twice(house: House, name: str) -> None:
    answer = await house.get("/api/orders")

    assert len(answer.headers.get_list(name)) == 1


async def test_every_route_there_is_carries_them(house: House) -> None:
    lacking: list[tuple[str, str]] = []
    for route in house.app.routes:
        methods: set[str] = getattr(route, "methods", set[str]())
        for method in sorted(methods - {"HEAD"}):
            path = re.sub(r"\{[^}]*\}", SOMEBODY, route.path)
            answer = await house.client.request(method, path)
            carried = {name: answer.headers.get(name) for name in SNAPSHOT}
            if carried != SNAPSHOT:
                lacking.append((method, path))

    assert lacking == []
