"""A record that answers every read and refuses every write: no alert is taken, and all are told."""

from __future__ import annotations

from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.integration.edge.edges import an_edge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

# What PostgreSQL says where a table cannot grow, said by PostgreSQL.
_FULL = """
CREATE FUNCTION fill_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END
$$;
CREATE TRIGGER is_full BEFORE INSERT ON signals FOR EACH ROW EXECUTE FUNCTION fill_up();
CREATE TRIGGER is_full BEFORE INSERT ON write_probe FOR EACH ROW EXECUTE FUNCTION fill_up();
"""
_EMPTIED = "DROP FUNCTION fill_up CASCADE"
_CUT_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@asynccontextmanager
async def operator(dsn: str) -> AsyncGenerator[asyncpg.Connection[asyncpg.Record]]:
    """Whoever may do anything to the record."""
    connection = await asyncpg.connect(
        dsn, server_settings={"default_transaction_read_only": "off"}
    )
    try:
        yield connection
    finally:
        await connection.close()


async def test_a_full_disk_is_503_in_time_and_the_health_says_so(
    record: str, valkey: ValkeyServer
) -> None:
    async with operator(record) as hand, an_edge(record, valkey.url) as edge:
        before = [(await edge.alert()).status_code, (await edge.get("/health/ready")).status_code]
        await hand.execute(_FULL)
        began = monotonic()
        refused = await edge.alert(action="sell")
        took = monotonic() - began
        # It stays so, although nothing but the health is asked.
        ready = [await edge.get("/health/ready") for _ in range(2)]
        await hand.execute(_EMPTIED)
        await edge.until("/health/ready", 200)
        after = await edge.alert(action="sell")

    assert before == [202, 200]
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert took < 2
    assert [(each.status_code, each.json()["parts"]["postgres"]) for each in ready] == [
        (503, "down"), (503, "down"),
    ]  # fmt: skip
    assert after.status_code == 202


async def test_asking_again_and_again_lets_nothing_grow(record: str, valkey: ValkeyServer) -> None:
    size = "SELECT pg_total_relation_size('write_probe')"
    async with operator(record) as hand, an_edge(record, valkey.url) as edge:
        await hand.execute(_FULL)
        await edge.alert()
        await hand.execute("DROP TRIGGER is_full ON write_probe")
        sizes: list[int] = []
        for _ in range(3):
            # Each refused alert has the next look write once.
            await edge.alert()
            await edge.until("/health/ready", 200)
            sizes.append(await hand.fetchval(size))
        await hand.execute(_EMPTIED)

    assert len(set(sizes)) == 1


async def test_a_record_that_became_a_replica_is_down_before_the_first_alert(
    record: str, valkey: ValkeyServer
) -> None:
    async with operator(record) as hand, an_edge(record, valkey.url) as edge:
        name = await hand.fetchval("SELECT quote_ident(current_database())")
        await edge.until("/health/ready", 200)
        await hand.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await hand.execute(_CUT_ALL)

        await edge.until("/health/ready", 503)
        refused = await edge.alert()
        await hand.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await hand.execute(_CUT_ALL)
        await edge.until("/health/ready", 200)
        after = await edge.alert()

    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert after.status_code == 202
