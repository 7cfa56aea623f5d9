"""What a comparison found to be over stays over, and nothing that was traded since is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bus.values import OrderState
from tests.contract.store.comparing import a_days_trader, compared, due
from tests.contract.store.test_contracts import traded

if TYPE_CHECKING:
    from tests.contract.store.house import House, Trader

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_LONG_AGO = "UPDATE comparisons SET begins_at = begins_at - interval '61 days'"
_NOT_FOLDED = """
UPDATE traded_sums SET folded = 0, held = 0, cost = 0, last_at = '-infinity', last_entry = 0
"""


async def change(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def old_comparisons(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(
            "SELECT count(*) FROM comparisons WHERE begins_at < now() - interval '60 days'"
        )
    finally:
        await connection.close()


async def holder(house: House) -> Trader:
    trader = await a_days_trader(house, state=OrderState.FILLED)
    await traded(house, trader, "2", "TXFC6")
    await due(house, trader.user)
    return trader


async def expired(house: House, trader: Trader) -> Decimal | None:
    held = await house.store.queries.positions(trader.user)
    return next(each.expired_quantity for each in held if each.symbol == "TXFC6")


async def test_old_comparison_that_says_what_is_over_is_kept_until_a_newer_one(
    house: House, dsn: str
) -> None:
    trader = await holder(house)
    await compared(house, trader, over=("TXFC6",))
    await change(dsn, _LONG_AGO)

    assert await due(house, trader.user)

    assert await expired(house, trader) == Decimal(2)
    await compared(house, trader)
    await change(dsn, _LONG_AGO)
    await due(house, trader.user)
    assert await old_comparisons(dsn) == 0


async def test_contract_whose_executions_are_not_folded_yet_is_not_taken_to_be_over(
    house: House, dsn: str
) -> None:
    trader = await holder(house)
    bind = house.store.accounts.bind_venue
    await bind(trader.user, trader.account.id, "10001")
    await compared(house, trader, over=("TXFC6",), at=house.clock.now() - timedelta(days=1))
    await change(dsn, _NOT_FOLDED)

    assert await expired(house, trader) is None
    assert not await bind(trader.user, trader.account.id, "10002")
