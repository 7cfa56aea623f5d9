"""The description of the API: complete, honest about errors, and usable offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def described() -> AsyncIterator[dict[str, Any]]:
    async with a_house() as house:
        yield (await house.client.get("/schema/openapi.json")).json()


async def test_both_addresses_give_the_same() -> None:
    async with a_house() as house:
        short = await house.client.get("/schema")
        whole = await house.client.get("/schema/openapi.json")

    assert short.json() == whole.json()


async def test_webhooks_are_described(described: dict[str, Any]) -> None:
    assert {path for path in described["paths"] if path.startswith("/webhook")} == {
        "/webhook/tradingview",
        "/webhook/tradingview/{token}",
        "/webhook/tradingview/{token}/dry-run",
        "/webhook/{token}/order",
    }


async def test_every_operation_says_what_it_is_and_how_it_fails(
    described: dict[str, Any],
) -> None:
    for item in described["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            error = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert error == {"$ref": "#/components/schemas/ErrorBody"}


async def test_every_api_route_asks_for_a_key_or_a_session_and_nothing_else_does(
    described: dict[str, Any],
) -> None:
    session: dict[str, list[str]] = {"session": [], "csrf": []}
    door = {"sign-up", "verify", "sign-in", "link", "password/forgot", "password/reset"}
    for path, item in described["paths"].items():
        wanted: list[dict[str, list[str]]] = []
        if path.startswith("/api/auth/"):
            wanted = [] if path.removeprefix("/api/auth/") in door else [session]
        elif path.startswith("/api/"):
            wanted = [{"bearer": []}, session]
        for operation in item.values():
            assert operation.get("security", []) == wanted


async def test_ways_to_show_who_one_is_are_described(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]

    assert set(schemes) == {"bearer", "session", "csrf"}
    assert schemes["csrf"]["name"] == "X-CSRF-Token"


async def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    known = described["components"]["schemas"]

    for name in _references(described):
        assert name in known


async def test_no_name_shows_our_modules(described: dict[str, Any]) -> None:
    assert not [name for name in described["components"]["schemas"] if "." in name]


async def test_key_of_idempotency_is_required(described: dict[str, Any]) -> None:
    parameters = described["paths"]["/api/orders"]["post"]["parameters"]

    assert [one["required"] for one in parameters if one["name"] == "Idempotency-Key"] == [True]


async def test_explain_takes_a_raw_body_and_answers_as_the_dry_run_does(
    described: dict[str, Any],
) -> None:
    explain = described["paths"]["/api/signals/explain"]["post"]

    assert "text/plain" in explain["requestBody"]["content"]
    reply = explain["responses"]["200"]["content"]
    assert reply == {"application/json": {"schema": {"$ref": "#/components/schemas/PreviewBody"}}}
    dry = described["paths"]["/webhook/tradingview/{token}/dry-run"]["post"]
    assert dry["responses"]["200"]["content"] == reply


@pytest.mark.parametrize(
    ("path", "method", "status", "like"),
    [("/api/orders", "post", "200", "202"), ("/health/ready", "get", "503", "200")],
)
async def test_replies_that_are_chosen_at_run_time_are_described(
    described: dict[str, Any], path: str, method: str, status: str, like: str
) -> None:
    replies = described["paths"][path][method]["responses"]

    assert replies[status]["content"] == replies[like]["content"]


async def test_every_webhook_is_explained(described: dict[str, Any]) -> None:
    hooks = [path for path in described["paths"] if path.startswith("/webhook")]

    assert all(described["paths"][path]["post"]["description"] for path in hooks)


def _references(part: object) -> set[str]:
    if isinstance(part, dict):
        fields = cast("dict[str, object]", part)
        target = fields.get("$ref")
        here = {target.rpartition("/")[2]} if isinstance(target, str) else set[str]()
        return here.union(*(_references(value) for value in fields.values()))
    if isinstance(part, list):
        return set[str]().union(*(_references(value) for value in cast("list[object]", part)))
    return set()
