"""What a webhook answers, in the order of its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.edge.house import a_house, an_alert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with a_house() as opened:
        yield opened


async def test_alert_is_recorded_and_answered_with_its_orders(house: House) -> None:
    answer = await house.alert(an_alert())

    said = answer.json()
    orders = await house.items("/api/orders")
    assert answer.status_code == 202
    assert (said["status"], said["dialect"]) == ("accepted", "plain")
    assert [order["id"] for order in said["orders"]] == [orders[0]["id"]]
    assert said["orders"][0]["account"] == str(house.account.id)
    assert said["signal_id"] == orders[0]["signal_id"]
    assert said["trace_id"] == orders[0]["trace_id"]
