"""At Gate money is a coin too: what is held of it is sold where it is what a pair trades."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import Side
from infra.local.doubles.gateio.spot import Pair
from tests.integration.broker_adapters.gate_sessions import KEY, PAIR, Gate, at_gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def gate() -> AsyncGenerator[Gate]:
    async with at_gate() as opened:
        for name, price in (("USDC_USDT", "1"), ("BTC_USDC", "100"), ("USDT_USDC", "1")):
            opened.venue.spot.pairs[name] = Pair(name=name)
            opened.venue.spot.stand(name, Decimal(price))
        yield opened


@pytest.mark.parametrize(
    ("symbol", "coin"), [("USDC_USDT", "USDC"), ("BTC_USDC", "BTC"), ("BTC_USDT", "BTC")]
)
async def test_what_was_bought_is_held_by_the_name_it_was_bought_under(
    gate: Gate, symbol: str, coin: str
) -> None:
    gate.venue.spot.coins[KEY]["USDC"] = Decimal(0 if coin == "USDC" else 1000)
    await gate.broker.instrument(symbol)
    await gate.accepted(gate.request(symbol, quantity=Decimal(5)))

    assert await gate.held(symbol) == 5
    sold = gate.request(symbol, side=Side.SELL, quantity=Decimal(5), reduce_only=True)
    assert (await gate.accepted(sold)).filled_quantity == 5
    assert await gate.held(symbol) == 0
    assert gate.venue.spot.coins[KEY][coin] == 0


async def test_money_is_no_position_of_a_pair_that_nobody_asked_for(gate: Gate) -> None:
    gate.venue.spot.coins[KEY]["USDC"] = Decimal(1000)
    await gate.broker.instrument(PAIR)

    assert [each.symbol for each in await gate.broker.positions()] == []


async def test_usdt_is_held_where_it_is_what_is_traded(gate: Gate) -> None:
    gate.venue.spot.coins[KEY] |= {"USDC": Decimal(10), "USDT": Decimal(30)}
    await gate.broker.instrument("USDT_USDC")

    positions = {each.symbol: each.quantity for each in await gate.broker.positions()}

    assert positions == {"USDT_USDC": 30}
