"""What is held of a month on its last day is settled in cash; before that it is held."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from handlers.records.comparison import PositionDiffers
from tests.integration.broker_adapters.test_shioaji_rollover import FLAT, a_trader, buy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.integration.broker_adapters.test_shioaji_rollover import Trader

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def trader() -> AsyncGenerator[Trader]:
    async with a_trader() as opened:
        yield opened


async def test_a_month_that_was_settled_in_cash_is_no_difference(trader: Trader) -> None:
    await trader.order("TXFR1", buy(1))
    await trader.roll()
    assert trader.held() == {}

    nothing = await trader.order("TXFR1", FLAT)

    assert nothing.error_code == "nothing_to_do"
    assert await trader.differences() == ()


async def test_a_month_to_come_that_the_venue_does_not_know_is_not_over(trader: Trader) -> None:
    await trader.order("TXFR2", buy(2))
    trader.ground.ledger.contracts.pop("TXFD6")
    trader.ground.venue.listed.by_code.pop("TXFD6")

    [differs] = await trader.differences()

    assert isinstance(differs, PositionDiffers)
    assert (differs.recorded, differs.at_venue) == (Decimal(2), Decimal(0))
