"""Orders are looked up by indexes: none is read but what an id or a time of a trader's leads to."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest

from edge.api.searching import read_search
from handlers.planning.client_ids import client_order_id
from handlers.records.views import Filter
from handlers.store.postgres.queries import ORDERS, SOUGHT_ORDERS
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

USERS = 200
ORDERS_KEPT = 20_000
USER = UUID(int=7)
START = datetime(2026, 11, 1, tzinfo=UTC)
# Half of the orders are one user's, all others' stand between them, 13 s apart; the ids begin with
# the time, as all do.
_FILL = """
INSERT INTO orders (
    id, user_id, account_id, signal_id, seq, mode, symbol, sizing, order_type, time_in_force,
    reduce_only, state, client_order_id, broker_order_id, expires_at, trace_id, traceparent,
    created_at, updated_at, asked_reduce_only
)
SELECT
    (ms || '7' || lpad(to_hex(n), 19, '0'))::uuid, whose, whose,
    (ms || '8' || lpad(to_hex(n), 19, '0'))::uuid,
    n, 'paper', 'BTCUSDT', '{}', 'market', 'gtc', false, 'filled', n::text,
    (100000000000 + n * 7919::bigint)::text, at, '', '', at, at, false
FROM generate_series(1, $1) AS n
CROSS JOIN LATERAL (SELECT $3::timestamptz + n * interval '13 seconds' AS at) AS t
CROSS JOIN LATERAL (
    SELECT
        lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') AS ms,
        lpad(to_hex(CASE WHEN n % 2 = 1 THEN 7 ELSE 1000 + n % $2 END), 32, '0')::uuid AS whose
) AS w
"""


@pytest.fixture
async def record(dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    """Return a connection as the edge's, to a record of many users' orders."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(_FILL, ORDERS_KEPT, USERS, START)
        await connection.execute("ANALYZE orders")
        await connection.execute("SET session_replication_role = origin; SET ROLE fourpass_app")
        await connection.execute("SELECT set_config('app.user_id', $1, false)", str(USER))
        yield connection
    finally:
        await connection.close()


def lookups() -> dict[str, Filter]:
    """Return each way to look up the order of the user that is number 10,007."""
    at = START + timedelta(seconds=13 * 10_007)
    order = UUID(f"{int(at.timestamp() * 1000):012x}7{10_007:019x}")
    signal = UUID(f"{int(at.timestamp() * 1000):012x}8{10_007:019x}")
    venue = str(100_000_000_000 + 10_007 * 7919)
    day = Filter(since=at - timedelta(hours=1), until=at + timedelta(hours=1))
    texts = {
        "order": str(order),
        "beginning of an order": str(order)[:13],
        "alert": str(signal),
        "ours": client_order_id(order),  # pyright: ignore[reportArgumentType] - an OrderId
        "venue's": venue,
        "beginning of a venue's": venue[:-1],
    }
    return {"day": day} | {name: Filter(sought=read_search(text)) for name, text in texts.items()}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("name", lookups())
async def test_no_orders_are_read_one_after_the_other(
    record: asyncpg.Connection, name: str, mode: str
) -> None:
    where = lookups()[name]
    statement = ORDERS if where.sought is None else SOUGHT_ORDERS
    await record.execute(f"SET plan_cache_mode = {mode}")
    await record.execute(f"PREPARE looked (uuid, jsonb, timestamptz, text, text) AS {statement}")
    told = as_json(where).replace("'", "''")

    rows = await record.fetch(
        f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE looked ('{USER}', '{told}', NULL, NULL, '50')"
    )

    plan: dict[str, Any] = json.loads(rows[0][0])[0]
    text = json.dumps(plan)
    assert not re.search(r'"Node Type": "Seq Scan"[^{}]*"Relation Name": "orders"', text)
    assert plan["Plan"]["Actual Rows"] >= 1
    assert most_left_out(plan["Plan"]) < 200


def most_left_out(node: dict[str, Any]) -> float:
    """Return how many rows any step read and had no use for."""
    own = node.get("Rows Removed by Filter", 0) * node["Actual Loops"]
    return max([own, *(most_left_out(each) for each in node.get("Plans", ()))])
