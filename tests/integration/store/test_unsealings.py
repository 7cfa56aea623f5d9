"""No worker reads credentials, sealed as they are, without a trace of it that stays."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from bus.ids import uuid7
from bus.values import WorkerId
from handlers.store.accounts import NewCredentials
from handlers.vault.base import Sealed
from tests.contract.store.conftest import postgres_house
from tests.servers.postgres import fresh_database
from tests.servers.roles import WORKER, address_as
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.store.house import House, Trader

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_TELL = "SELECT tell_unsealing($1, $2, $3::text[]::uuid[])"
_READ = "SELECT count(*) FROM own_credentials($1, $2, $3::text[]::uuid[])"


@dataclass(frozen=True, kw_only=True)
class Liar:
    """A worker that speaks to the doors as it likes, with the proof of its own lease.

    Attributes:
        looking: The superuser's connection.
    """

    house: House
    trader: Trader
    connection: asyncpg.Connection[asyncpg.Record]
    looking: asyncpg.Connection[asyncpg.Record]
    dsn: str
    asked: tuple[Any, ...]

    async def reads(self) -> bool:
        return bool(await self.connection.fetchval(_READ, *self.asked))

    async def tells(self) -> bool:
        return await self.connection.fetchval(_TELL, *self.asked)

    async def told(self) -> list[tuple[str, str]]:
        written = await self.house.store.audit.after(self.trader.user, 0, limit=9)
        return [(entry.actor, entry.action) for entry in written]


@asynccontextmanager
async def a_liar(house: House, trader: Trader, dsn: str) -> AsyncGenerator[Liar]:
    looking = await asyncpg.connect(dsn)
    connection = await asyncpg.connect(address_as(dsn, WORKER))
    try:
        proof = await looking.fetchval(
            "SELECT proof FROM lease_proofs WHERE user_id = $1 AND epoch = $2",
            trader.user, trader.lease.epoch,
        )  # fmt: skip
        asked = (trader.user, trader.account.id, [str(proof)])
        yield Liar(
            house=house, trader=trader, connection=connection, looking=looking, dsn=dsn, asked=asked
        )
    finally:
        await connection.close()
        await looking.close()


@pytest.fixture
async def liar() -> AsyncGenerator[Liar]:
    async with AsyncExitStack() as stack:
        dsn = stack.enter_context(fresh_database(template=migrated_template()))
        house = await stack.enter_async_context(postgres_house(dsn))
        trader = await house.trader()
        given = NewCredentials(sealed=Sealed(record=b"x" * 40, key_version=1), hint="cdef")
        await house.store.accounts.put_credentials(trader.user, trader.account.id, given)
        yield await stack.enter_async_context(a_liar(house, trader, dsn))


async def test_what_nobody_told_of_is_not_handed_out(liar: Liar) -> None:
    assert not await liar.reads()


async def test_what_was_told_of_is_handed_out_under_the_name_of_who_holds_the_lease(
    liar: Liar,
) -> None:
    assert await liar.tells()

    assert await liar.reads()
    assert await liar.told() == [(f"worker:{liar.trader.lease.worker_id}", "account.unseal")]


@pytest.mark.parametrize("within", ["SELECT", "SAVEPOINT s"])
async def test_what_could_still_be_rolled_back_hands_out_nothing(liar: Liar, within: str) -> None:
    transaction = liar.connection.transaction()
    await transaction.start()
    await liar.connection.execute(within)
    assert await liar.tells()
    if within == "SAVEPOINT s":
        await liar.connection.execute("RELEASE s")

    has_read = await liar.reads()

    await transaction.rollback()
    assert not has_read
    assert not await liar.reads()
    assert await liar.told() == []


async def test_one_entry_is_not_good_for_ever(liar: Liar) -> None:
    await liar.tells()
    await liar.looking.execute("UPDATE unsealings SET told_at = told_at - interval '61 seconds'")

    assert not await liar.reads()
    assert await liar.tells()
    assert await liar.reads()


async def test_what_one_worker_told_hands_nothing_to_the_next(liar: Liar) -> None:
    await liar.tells()
    await liar.house.store.leases.release(liar.trader.lease)
    lease = await liar.house.store.leases.take(liar.trader.user, WorkerId(uuid7()))
    assert lease is not None

    async with a_liar(liar.house, replace(liar.trader, lease=lease), liar.dsn) as other:
        assert not await other.reads()
        assert not await liar.reads()


async def test_a_worker_writes_nothing_else_into_the_log(liar: Liar) -> None:
    for door in ("append_audit($1, '{}')", "append_deed($1, '{}', 'x', NULL, NULL)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await liar.connection.execute(f"SELECT {door}", liar.trader.user)
