"""The venue's diary of what it was asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import msgspec
import pytest

from broker_adapters.paper.questions import SetPrice, Submit
from bus.ids import uuid7
from bus.values import UserId
from infra.local.doubles.hostility import Fate
from infra.local.doubles.journal import Journal
from tests.unit.broker_adapters.paper.markets import ACCOUNT, NOW, SYMBOL, a_request

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
OWNER = UserId(uuid7())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_request_is_kept_with_its_key_and_its_fate(postgres_dsn: str) -> None:
    question = Submit(owner=OWNER, request=a_request(), send_by=NOW + timedelta(seconds=2))
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=1) as pool:
        journal = Journal(pool)
        await journal.open()
        await journal.open()

        await journal.write(question, Fate.LATE)
        (row,) = await pool.fetch("SELECT * FROM venue_journal.requests")

    assert (row["kind"], row["key"], row["fate"]) == ("submit", "c-1", "late")
    assert (UUID(str(row["owner_id"])), UUID(str(row["account_id"]))) == (OWNER, ACCOUNT)
    assert msgspec.json.decode(row["question"], type=Submit) == question


async def test_request_that_concerns_no_account_is_kept_too(postgres_dsn: str) -> None:
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=1) as pool:
        journal = Journal(pool)
        await journal.open()

        await journal.write(SetPrice(owner=OWNER, symbol=SYMBOL, price=Decimal(1)), Fate.HONEST)
        (row,) = await pool.fetch("SELECT kind, key, account_id FROM venue_journal.requests")

    assert tuple(row) == ("set_price", str(OWNER), None)
