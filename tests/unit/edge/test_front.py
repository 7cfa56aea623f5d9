"""The short way of alerts past the router: which addresses take it, what a fault comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.unit.edge.house import an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def fail(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("what nobody foresaw, and nobody outside should read")


async def test_fault_of_ours_is_503_so_that_the_alert_is_sent_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.ports.store.signals, "record", fail)

    answer = await house.alert(an_alert())

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "foresaw" not in answer.text


async def test_fault_after_the_answer_does_not_change_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.ports.bus.pool, "claim", fail)

    answer = await house.alert(an_alert())

    assert answer.status_code == 202
    assert [order["state"] for order in await house.items("/api/orders")] == ["queued"]


@pytest.mark.parametrize("path", ["/webhook", "/webhook/", "/webhook/tradingview/x/y"])
async def test_address_below_webhook_that_is_none_is_404(house: House, path: str) -> None:
    answer = await house.client.post(path)

    assert answer.json()["message"] == "There is no webhook at this address."


@pytest.mark.parametrize("path", ["/webhooks/tradingview", "/webhook-x", "/web"])
async def test_address_that_only_begins_alike_is_the_routers(house: House, path: str) -> None:
    answer = await house.client.post(path)

    # It is a page of the dashboard, which nobody posts to.
    assert answer.status_code == 405
    assert answer.json()["message"] != "There is no webhook at this address."
