"""What an order by hand names: the chart's symbol or the venue's own, as in alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.values import Mode
from tests.builders import an_account

if TYPE_CHECKING:
    from httpx import Response

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def placed_at_gate(house: House, symbol: str) -> Response:
    gate = await house.ports.store.catalogue.add_account(
        an_account(house.user, mode=Mode.LIVE, broker="gateio")
    )
    wish = {"account_id": str(gate.id), "symbol": symbol, "side": "buy", "quantity": "0.10"}
    return await house.post("/api/orders", wish, idempotency="k1")


@pytest.mark.parametrize(
    ("symbol", "at_gate"),
    [
        ("BTCUSDT.P", "BTC_USDT.P"),
        ("GATEIO:btcusdt", "BTC_USDT"),
        ("BTC_USDT.P", "BTC_USDT.P"),
        ("BTC_USDT", "BTC_USDT"),
    ],
)
async def test_manual_order_is_called_what_the_venue_calls_it(
    house: House, symbol: str, at_gate: str
) -> None:
    answer = await placed_at_gate(house, symbol)

    assert (answer.status_code, answer.json()["symbol"]) == (202, at_gate)


async def test_manual_order_of_an_unknown_symbol_is_400_with_candidates(house: House) -> None:
    answer = await placed_at_gate(house, "BTCUSD")

    said = answer.json()
    assert (answer.status_code, said["code"], said["field"]) == (400, "unknown_symbol", "symbol")
    assert said["hint"] == "Did you mean BTC_USDT or BTC_USDT.P?"
    assert await house.items("/api/orders") == []
