"""The sums that are kept are what the executions come to, those from before they were kept too."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import asyncpg
import pytest

from bus.values import OrderState, Side
from handlers.store.open import migrate
from handlers.store.postgres.migrator import migrate as migrate_with
from handlers.store.postgres.migrator import read_migrations
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_KEPT = """
SELECT s.symbol, s.is_contract, s.fills, s.quantity, s.value FROM traded_sums AS s ORDER BY s.symbol
"""
_COUNTED = """
SELECT
    coalesce(f.traded_as, f.symbol) AS symbol, bool_or(f.traded_as IS NOT NULL) AS is_contract,
    count(*) AS fills,
    sum(CASE WHEN f.side = 'buy' THEN f.quantity ELSE -f.quantity END) AS quantity,
    sum(CASE WHEN f.side = 'buy' THEN f.quantity ELSE -f.quantity END * f.price) AS value
FROM fills AS f GROUP BY 1 ORDER BY 1
"""
_KEPT_FEES = "SELECT s.currency, s.fee FROM fee_sums AS s ORDER BY s.currency"
_COUNTED_FEES = """
SELECT f.fee_currency AS currency, sum(f.fee) AS fee FROM fills AS f GROUP BY 1 ORDER BY 1
"""
_OLD_FILLS = """
INSERT INTO fills (
    account_id, fill_key, user_id, order_id, symbol, side, quantity, price, fee, fee_currency,
    broker_trade_id, broker_order_id, at, traded_as
)
SELECT
    gen_random_uuid(), n::text, gen_random_uuid(), gen_random_uuid(), 'TXFR1',
    CASE WHEN n % 3 = 0 THEN 'sell' ELSE 'buy' END, n, 2, 0.5, 'TWD', n::text, n::text, now(),
    CASE WHEN n % 2 = 0 THEN 'TXFC6' END
FROM generate_series(1, 9) AS n
"""


async def counted(dsn: str) -> None:
    """Say that what is kept is what is there."""
    connection = await asyncpg.connect(dsn)
    try:
        for kept, there in ((_KEPT, _COUNTED), (_KEPT_FEES, _COUNTED_FEES)):
            expected = await connection.fetch(there)
            assert expected
            assert await connection.fetch(kept) == expected
    finally:
        await connection.close()


async def filled(house: House, order: Order, quantity: str) -> None:
    side = order.side or Side.BUY
    first, second = (a_fill(order, quantity, side=side) for _ in range(2))
    for fills in ((first,), (first, second), (second,)):
        await house.settle(order, OrderState.PARTIALLY_FILLED, fills=fills)


async def test_executions_that_are_told_of_again_and_at_once_count_once(
    house: House, dsn: str
) -> None:
    trader = await house.trader()
    orders = [await house.sending(trader, side=Side.SELL if n % 3 else Side.BUY) for n in range(8)]

    async with anyio.create_task_group() as tasks:
        for n, order in enumerate(orders):
            tasks.start_soon(filled, house, order, f"0.0{n + 1}")

    await counted(dsn)
    held = await house.store.comparisons.holdings(trader.lease, trader.account.id)
    assert held.traded[0].fills == 16
    assert held.fees == {"USDT": Decimal("0.16")}


async def test_what_was_recorded_before_sums_were_kept_is_in_them(postgres_dsn: str) -> None:
    before = [each for each in read_migrations() if each.number < 233]
    await migrate_with(postgres_dsn, before)
    connection = await asyncpg.connect(postgres_dsn)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(_OLD_FILLS)
    finally:
        await connection.close()

    await migrate(postgres_dsn)

    connection = await asyncpg.connect(postgres_dsn)
    try:
        kept = await connection.fetchrow(
            "SELECT sum(quantity) AS quantity, sum(value) AS value, sum(fills) AS fills"
            " FROM traded_sums WHERE is_contract"
        )
        fees = await connection.fetchval("SELECT sum(fee) FROM fee_sums")
    finally:
        await connection.close()
    # 2 + 4 - 6 + 8 of the contract, at 2 each.
    assert kept is not None
    assert (kept["quantity"], kept["value"], kept["fills"]) == (Decimal(8), Decimal(16), 4)
    assert fees == Decimal("4.5")
