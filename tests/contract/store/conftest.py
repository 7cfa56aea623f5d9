"""The stores under test: memory on both event loops, and PostgreSQL."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bus.values import SystemClock
from handlers.store.open import StoreSettings, open_store
from tests.builders import ManualClock
from tests.contract.store.house import House
from tests.contract.store.seats import open_seats
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

# Every instant that is compared with now: letting time pass is moving all of them back. Of an
# account's days whole ones pass; their keys move far away and back, since rows move one by one.
_MOVED = """
UPDATE orders SET
    send_by = send_by - $1::interval, expires_at = expires_at - $1::interval,
    cancel_requested_at = cancel_requested_at - $1::interval,
    cancel_sent_at = cancel_sent_at - $1::interval, updated_at = updated_at - $1::interval;
UPDATE worker_leases SET expires_at = expires_at - $1::interval;
UPDATE outbox SET created_at = created_at - $1::interval, hinted_at = hinted_at - $1::interval;
UPDATE dedupe_windows SET at = at - $1::interval;
UPDATE workers SET last_seen_at = last_seen_at - $1::interval, since = since - $1::interval;
UPDATE order_checks SET noted_at = noted_at - $1::interval;
UPDATE strategy_tokens SET expires_at = expires_at - $1::interval;
UPDATE sessions SET
    last_seen_at = last_seen_at - $1::interval, expires_at = expires_at - $1::interval,
    created_at = created_at - $1::interval;
UPDATE sign_ups SET expires_at = expires_at - $1::interval;
UPDATE mailed_tokens SET expires_at = expires_at - $1::interval;
UPDATE api_keys SET expires_at = expires_at - $1::interval;
UPDATE idempotency_keys SET tried_at = tried_at - $1::interval;
UPDATE accounts SET created_at = created_at - $1::interval;
UPDATE comparisons SET
    begins_at = begins_at - date_trunc('day', justify_hours($1::interval)) - interval '400 years',
    asked_at = asked_at - $1::interval;
UPDATE comparisons SET begins_at = begins_at + interval '400 years';
"""


@pytest.fixture(
    params=[
        "memory-asyncio",
        "memory-trio",
        pytest.param("postgres-asyncio", marks=pytest.mark.postgres),
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def anyio_backend(kind: str) -> str:
    return kind.split("-")[1]


@pytest.fixture(scope="module")
def store_dsn() -> Iterator[str]:
    """One database a module; every test makes users of its own."""
    with fresh_database(template=migrated_template()) as dsn:
        yield dsn


@pytest.fixture
def address(kind: str, request: pytest.FixtureRequest) -> str:
    if kind.startswith("memory"):
        return "memory:"
    dsn: str = request.getfixturevalue("store_dsn")
    return dsn


@pytest.fixture
async def house(address: str) -> AsyncGenerator[House]:
    if address == "memory:":
        clock = ManualClock(datetime.now(UTC))

        async def later(seconds: float) -> None:
            clock.go_on(timedelta(seconds=seconds))

        async with open_store(StoreSettings(database_url="memory:"), clock) as store:
            yield House(store=store, clock=clock, later=later)
        return
    async with postgres_house(address) as opened:
        yield opened


@asynccontextmanager
async def postgres_house(dsn: str) -> AsyncGenerator[House]:
    clock = SystemClock()

    async def later(seconds: float) -> None:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(_MOVED.replace("$1", f"'{seconds} seconds'"))
        finally:
            await connection.close()

    async with open_seats(dsn, clock) as store:
        yield House(store=store, clock=clock, later=later)
