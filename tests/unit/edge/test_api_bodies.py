"""Bodies of the API that do not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest
from structlog.testing import capture_logs

from tests.unit.edge.house import KEY, TOKEN, an_alert

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def test_body_that_never_ends_is_408(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.strict_request._PATIENCE", 0.02)

    with anyio.fail_after(2):
        status = await post(house, anyio.sleep_forever)

    assert status == 408


async def test_caller_that_leaves_amid_its_body_is_no_error(house: House) -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    with capture_logs() as logs:
        await post(house, gone)

    assert [line for line in logs if line["log_level"] in {"error", "warning"}] == []


async def test_refused_alert_is_logged_with_whose_it_is(house: House) -> None:
    with capture_logs() as logs:
        await house.alert(an_alert(quantity="-1"))

    (line,) = [line for line in logs if line["event"] == "alert_refused"]
    assert line["strategy_id"] == str(house.strategy.id)
    assert line["user_id"] == str(house.user)
    assert TOKEN not in str(line)


async def post(house: House, then: Callable[[], Awaitable[Any]]) -> int | None:
    """Send one byte of an order, and then whatever `then` brings; return the status."""
    statuses: list[int] = []
    first: list[Any] = [{"type": "http.request", "body": b"{", "more_body": True}]

    async def receive() -> Any:
        return first.pop() if first else await then()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = {"authorization": f"Bearer {KEY}", "content-length": "100", "idempotency-key": "k"}
    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": "/api/orders",
        "raw_path": b"/api/orders",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
        "app": house.app,
        "state": {},
    }
    await house.app(scope, receive, send)
    return statuses[0] if statuses else None
