"""What is kept of positions is the fold of all executions, in whatever order they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import asyncpg
import msgspec
import pytest

from bus.ids import uuid7
from handlers.records.position_fold import Folded, position_of, positions_of
from handlers.records.views import FillView
from handlers.store.open import migrate
from handlers.store.postgres.migrator import migrate as migrate_with
from handlers.store.postgres.migrator import read_migrations

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from uuid import UUID

    from handlers.records.views import PositionView

    Connection = asyncpg.Connection[asyncpg.Record]
    Row = tuple[object, ...]

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_WRITE = """
INSERT INTO fills (
    account_id, fill_key, user_id, order_id, symbol, traded_as, side, quantity, price, fee,
    fee_currency, broker_trade_id, broker_order_id, at
)
SELECT
    f.account_id, gen_random_uuid()::text, f.user_id, gen_random_uuid(), f.symbol, f.traded_as,
    f.side, f.quantity, f.price, 0.01, 'USDT', 't', 'o', f.at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[],
    $7::numeric[], $8::timestamptz[])
    AS f (account_id, user_id, symbol, traded_as, side, quantity, price, at)
"""
_KEPT = """
SELECT to_jsonb(s) FROM traded_sums AS s WHERE s.folded > 0 ORDER BY s.account_id, s.symbol
"""
_READ = """
SELECT to_jsonb(f) FROM traded_sums AS s CROSS JOIN LATERAL folded(s) AS f
ORDER BY s.account_id, s.symbol
"""
_FILLS = "SELECT to_jsonb(f) FROM fills AS f ORDER BY f.at, f.entry"
_BEHIND = "SELECT sum(fills - folded) FROM traded_sums"
_USER, _ACCOUNT = uuid7(), uuid7()
_START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class Draw:
    """Numbers that look drawn and are the same each time."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, n: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % n

    def fill(self, second: int, *, account: UUID = _ACCOUNT) -> Row:
        symbol, contract = (("BTCUSDT", None), ("TXFR1", "TXFC6"), ("TXFR2", "TXFC6"))[
            self.below(3)
        ]
        quantity = Decimal(1 + self.below(30)) / (1, 10, 1000)[self.below(3)]
        price = Decimal(1 + self.below(10**6)) / (1, 100, 10**8)[self.below(3)]
        side = "sell" if self.below(2) else "buy"
        at = _START + timedelta(seconds=second)
        return account, _USER, symbol, contract, side, quantity, price, at


async def write(connection: Connection, fills: Sequence[Row]) -> None:
    await connection.execute(_WRITE, *map(list, zip(*fills, strict=True)))


async def read(connection: Connection, statement: str) -> Sequence[PositionView]:
    rows = await connection.fetch(statement)
    return [position_of(msgspec.json.decode(row[0], type=Folded)) for row in rows]


async def counted(connection: Connection) -> Sequence[PositionView]:
    """Return what a fold of all that is there comes to."""
    rows = await connection.fetch(_FILLS)
    return positions_of(msgspec.json.decode(row[0], type=FillView) for row in rows)


async def before_positions(dsn: str) -> None:
    await migrate_with(dsn, [each for each in read_migrations() if each.number < 251])


async def open_to_fills(dsn: str) -> Connection:
    """Connect; executions need no order here."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("ALTER TABLE fills DROP CONSTRAINT IF EXISTS fills_order_id_fkey")
    return connection


@pytest.fixture
async def ledger(dsn: str) -> AsyncGenerator[Connection]:
    connection = await open_to_fills(dsn)
    yield connection
    await connection.close()


@pytest.mark.parametrize("seed", range(12))
async def test_kept_positions_are_the_fold_of_executions_in_any_order(
    ledger: Connection, seed: int
) -> None:
    draw = Draw(seed)

    for n in range(40):
        late = draw.below(60) if draw.below(3) == 0 else 0
        await write(
            ledger,
            [draw.fill(max(0, n - late) // (1 + draw.below(2))) for _ in range(1 + draw.below(4))],
        )

        assert await read(ledger, _KEPT) == await counted(ledger)
    assert await ledger.fetchval(_BEHIND) == 0


@pytest.mark.parametrize("late", [1, 150, 350, 700, 899])
async def test_execution_behind_many_is_folded_where_it_belongs(
    ledger: Connection, late: int
) -> None:
    draw = Draw(late)
    for start in range(0, 900, 30):
        await write(ledger, [draw.fill(n) for n in range(start, start + 30)])

    await write(ledger, [draw.fill(900 - late) for _ in range(3)])

    assert await read(ledger, _KEPT) == await counted(ledger)
    await write(ledger, [draw.fill(1000 - late), draw.fill(2000)])
    assert await read(ledger, _KEPT) == await counted(ledger)


async def test_executions_of_all_times_at_once_are_folded_oldest_first(
    ledger: Connection, dsn: str
) -> None:
    async def writer(seed: int) -> None:
        draw = Draw(seed)
        own = await asyncpg.connect(dsn)
        try:
            for n in range(25):
                await write(own, [draw.fill(n * 8 + (seed * 5) % 8) for _ in range(2)])
        finally:
            await own.close()

    async with anyio.create_task_group() as tasks:
        for seed in range(8):
            tasks.start_soon(writer, seed)

    assert await read(ledger, _KEPT) == await counted(ledger)
    assert await ledger.fetchval(_BEHIND) == 0


async def test_what_is_not_folded_yet_is_folded_as_it_is_read(postgres_dsn: str) -> None:
    await before_positions(postgres_dsn)
    ledger = await open_to_fills(postgres_dsn)
    draw = Draw(5)
    await write(ledger, [draw.fill(n // 2) for n in range(5000)])
    migration = [each for each in read_migrations() if each.number == 251]
    await ledger.execute("SET ROLE fourpass_owner")
    await ledger.execute(migration[0].text)
    await ledger.execute("RESET ROLE")

    assert await read(ledger, _KEPT) == []
    assert await read(ledger, _READ) == await counted(ledger)
    # What comes in meanwhile folds a part; what is older than that part takes it back.
    for second in (3000, 40, 4000):
        await write(ledger, [draw.fill(second, account=_ACCOUNT) for _ in range(6)])
        assert await read(ledger, _READ) == await counted(ledger)
    await ledger.close()


async def test_migrating_folds_what_was_recorded_before(postgres_dsn: str) -> None:
    await before_positions(postgres_dsn)
    ledger = await open_to_fills(postgres_dsn)
    draw = Draw(6)
    accounts = [uuid7() for _ in range(3)]
    await write(ledger, [draw.fill(n // 2, account=accounts[n % 3]) for n in range(9000)])

    await migrate(postgres_dsn)

    assert await ledger.fetchval(_BEHIND) == 0
    assert await read(ledger, _KEPT) == await counted(ledger)
    await ledger.close()


async def test_executions_written_while_it_migrates_are_neither_lost_nor_blocked(
    postgres_dsn: str,
) -> None:
    await before_positions(postgres_dsn)
    ledger = await open_to_fills(postgres_dsn)
    draw = Draw(7)
    await write(ledger, [draw.fill(n // 2) for n in range(9000)])
    done = anyio.Event()

    async def writer(seed: int) -> None:
        own, drawn = await asyncpg.connect(postgres_dsn), Draw(seed)
        try:
            while not done.is_set():
                await write(own, [drawn.fill(drawn.below(5000)) for _ in range(2)])
        finally:
            await own.close()

    async with anyio.create_task_group() as tasks:
        for seed in range(3):
            tasks.start_soon(writer, seed)
        await migrate(postgres_dsn)
        done.set()

    assert await read(ledger, _READ) == await counted(ledger)
    await migrate(postgres_dsn)
    assert await ledger.fetchval(_BEHIND) == 0
    assert await read(ledger, _KEPT) == await counted(ledger)
    await ledger.close()
