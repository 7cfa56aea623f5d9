"""Fields that nobody asked for: a body with one is refused whole, and nothing of it is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.attacks.grounds import BY_KEY, BY_SESSION, Owner, an_owner, seen_by
from tests.attacks.lines import LINES, Line, by_key, with_own_ids
from tests.attacks.routes import Route, described, properties_of, routes_of

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

WISHES: dict[str, Any] = {
    "id": "01a205d0-8fce-7638-b30a-52e32c3f23ee",
    "user_id": "01a205d0-8fce-7638-b30a-52e32c3f23ee",
    "owner": "ann@example.org",
    "role": "operator",
    "roles": ["operator"],
    "is_operator": True,
    "is_admin": True,
    "scopes": ["read", "trade", "admin"],
    "mode": "live",
    "state": "filled",
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "expires_at": "2099-01-01T00:00:00Z",
    "stepped_up_at": "2099-01-01T00:00:00Z",
    "has_totp": True,
    "email_verified": True,
    "key_hash": "00",
    "webhook_url": "https://evil.example",
    "client_order_id": "1",
    "filled_quantity": "1",
    "options": {"testnet": False},
    "__proto__": {"roles": ["operator"]},
    "__class__": "Operator",
}
# These read whatever is sent as an alert, whose unknown fields are passed over.
TRIAL = Route("POST", "/api/strategies/{strategy_id}/test")
READS_ALL = {Route("POST", "/api/signals/explain"), TRIAL}
WITH_BODY = {route: line for route, line in LINES.items() if line.body is not None}


async def test_every_route_that_takes_a_body_is_tried(lone: House) -> None:
    document = await described(lone)

    taking = {route for route, each in routes_of(document) if "requestBody" in each}

    assert taking == set(WITH_BODY)


@pytest.mark.parametrize(
    ("route", "line"),
    [
        pytest.param(route, line, id=" ".join(route))
        for route, line in WITH_BODY.items()
        if route not in READS_ALL
    ],
)
async def test_body_with_an_unasked_field_is_refused_whole(
    lone: House, route: Route, line: Line
) -> None:
    bob = await an_owner(lone, "bob")
    how = BY_KEY if by_key(route) else BY_SESSION
    path, body = with_own_ids(route, line, bob)
    document = await described(lone)
    operation = next(each for one, each in routes_of(document) if one == route)
    asked_for = properties_of(document, operation)
    before = await seen_by(bob)
    taken: list[Any] = []

    for name, wish in WISHES.items():
        if name not in asked_for:
            answer = await bob.ask(lone, how, route.method, path, {**body, name: wish})
            if (answer.status_code, answer.json()["code"]) != (400, "invalid_field"):
                taken.append((name, answer.text))

    assert taken == []
    assert await seen_by(bob) == before


async def test_unasked_fields_of_a_test_alert_change_nothing_but_the_alert(lone: House) -> None:
    bob = await an_owner(lone, "bob")
    path, body = with_own_ids(TRIAL, LINES[TRIAL], bob)
    before = (await bob.browser.get("/api/strategies")).text

    for name, wish in WISHES.items():
        await bob.ask(lone, BY_SESSION, TRIAL.method, path, {**body, name: wish})

    orders = (await bob.browser.get("/api/orders?limit=200")).json()["items"]
    assert {order["mode"] for order in orders} == {"paper"}
    assert (await bob.browser.get("/api/strategies")).text == before


async def test_field_is_not_smuggled_in_by_saying_it_twice(lone: House) -> None:
    bob = await an_owner(lone, "bob")
    twice = b'{"name": "x", "broker": "paper", "mode": "paper", "mode": "live"}'

    answer = await lone.client.post(
        "/api/accounts", content=twice, headers={"Authorization": f"Bearer {bob.key}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "duplicate_key")


async def test_account_of_a_wish_is_its_makers_and_nobody_elses(house: House) -> None:
    ann: Owner = await an_owner(house, "ann")
    bob: Owner = await an_owner(house, "bob")
    before = await seen_by(ann)

    made = (await bob.browser.post("/api/accounts", {"name": "B", "broker": "paper"})).json()

    assert made["id"] in (await bob.browser.get("/api/accounts")).text
    assert await seen_by(ann) == before


async def test_key_has_no_scope_that_its_maker_lacks(lone: House) -> None:
    bob = await an_owner(lone, "bob")
    wish = {"name": "small", "scopes": ["admin"]}
    small = (await bob.browser.post("/api/api-keys", wish)).json()["key"]

    answer = await lone.client.post(
        "/api/api-keys",
        json={"name": "large", "scopes": ["trade"]},
        headers={"Authorization": f"Bearer {small}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
