"""Every error has the one shape, whatever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from broker_adapters.errors import BrokerUnavailableError
from bus.errors import TransportUnavailableError
from handlers.errors import StoreUnavailableError
from handlers.vault.errors import VaultUnavailableError
from tests.unit.edge.house import KEY, bearer

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

SHAPE = {"code", "message", "field", "line", "column", "hint", "trace_id"}


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("GET", "/health/nowhere", b"", 404, "not_found"),
        ("GET", "/api/nowhere", b"", 404, "not_found"),
        ("PUT", "/api/orders", b"", 405, "method_not_allowed"),
        ("POST", "/health/live", b"", 405, "method_not_allowed"),
        ("POST", "/api/kill-switch", b"", 400, "invalid_field"),
        ("POST", "/api/kill-switch", b"{", 400, "malformed_json"),
        ("POST", "/api/kill-switch", b"nul", 400, "malformed_json"),
        ("POST", "/api/kill-switch", b"\xff\xfe", 400, "not_utf8"),
        ("POST", "/api/kill-switch", b"[]", 400, "invalid_field"),
        ("POST", "/api/kill-switch", b'{"engaged":true,"\xff":1}', 400, "not_utf8"),
        ("POST", "/api/kill-switch", b'{"engaged":NaN}', 400, "malformed_json"),
        ("POST", "/api/kill-switch", b'{"engaged":' + b"1" * 5000 + b"}", 400, "malformed_json"),
        ("POST", "/api/kill-switch", b'{"engaged":true,"engaged":false}', 400, "duplicate_key"),
        ("POST", "/api/kill-switch", b"[" * 60_000, 400, "too_deep"),
        ("POST", "/api/kill-switch", b'{"a":' * 10_000, 400, "too_deep"),
        ("POST", "/api/kill-switch", b" " * 70_000, 413, "body_too_large"),
    ],
)
async def test_error_has_the_one_shape(
    house: House, method: str, path: str, content: bytes, *, status: int, code: str
) -> None:
    answer = await house.client.request(method, path, content=content, headers=bearer(KEY))

    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code)
    assert set(said) <= SHAPE
    assert {"code", "message", "trace_id"} <= set(said)
    assert answer.headers["content-type"] == "application/json"


async def test_form_is_no_json(house: House) -> None:
    answer = await house.client.post(
        "/api/kill-switch",
        content=b"engaged=true",
        headers=bearer(KEY) | {"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 400


async def test_wrong_method_names_the_right_ones(house: House) -> None:
    answer = await house.client.put("/api/orders", headers=bearer(KEY))

    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST", "OPTIONS"}


async def test_record_away_is_503(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> Any:
        raise StoreUnavailableError("secret address")

    monkeypatch.setattr(house.ports.store.queries, "orders", fail)

    answer = await house.get("/api/orders")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "secret" not in answer.text
    assert answer.headers["retry-after"] == "1"


async def test_fault_of_ours_shows_nothing_of_its_inside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fault(*_: Any) -> Any:
        raise ZeroDivisionError("inner workings")

    monkeypatch.setattr(house.ports.store.queries, "orders", fault)

    answer = await house.get("/api/orders")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "inner" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("error", "who"),
    [
        (StoreUnavailableError(), "The record"),
        (TransportUnavailableError(), "The queue"),
        (BrokerUnavailableError(), "The venue"),
        (VaultUnavailableError(), "The keeper of the keys"),
        (TimeoutError(), "The server"),
    ],
)
async def test_who_gave_no_answer_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception, who: str
) -> None:
    async def away(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(house.ports.store.queries, "orders", away)

    answer = await house.get("/api/orders")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["message"] == f"{who} gave no answer. Please try again."


async def test_error_belongs_to_the_callers_trace(house: House) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"

    answer = await house.client.get(
        "/api/nowhere", headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    )

    assert answer.json()["trace_id"] == trace_id
