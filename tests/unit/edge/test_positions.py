"""What positions say of gains: nothing where the record does not have what a point is worth."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from bus.ids import uuid7
from bus.values import AccountId
from handlers.records.views import PositionView
from tests.unit.edge.test_accounts import made

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def gain_of(
    house: House, monkeypatch: pytest.MonkeyPatch, symbol: str, account: UUID
) -> str | None:
    held = PositionView(
        account_id=AccountId(account),
        symbol=symbol,
        quantity=Decimal(2),
        average_price=Decimal(100),
        unrealised_pnl=Decimal(10),
        updated_at=house.clock.now(),
    )

    async def positions(_user: object) -> list[PositionView]:
        return [held]

    monkeypatch.setattr(house.ports.store.queries, "positions", positions)
    answer = await house.get("/api/positions")
    assert answer.status_code == 200, answer.text
    [row] = answer.json()["items"]
    assert row["quantity"] == "2"
    gain: str | None = row["unrealised_pnl"]
    return gain


@pytest.mark.parametrize(
    ("symbol", "gain"), [("2330", "10"), ("TXFR1", None), ("TXFD6", None), ("TXF202604", None)]
)
async def test_future_has_no_gain_without_its_multiplier(
    house: House, monkeypatch: pytest.MonkeyPatch, symbol: str, gain: str | None
) -> None:
    account = await made(house, broker="shioaji", mode="paper")

    shown = await gain_of(house, monkeypatch, symbol, UUID(account["id"]))

    assert shown == gain


async def test_coin_has_its_gain(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await gain_of(house, monkeypatch, "BTCUSDT", house.account.id) == "10"


async def test_account_that_is_gone_has_its_gain(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await gain_of(house, monkeypatch, "BTCUSDT", uuid7()) == "10"
