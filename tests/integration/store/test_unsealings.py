"""No worker reads credentials, sealed as they are, without a trace of it that stays."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from bus.ids import uuid7
from bus.values import WorkerId
from handlers.records.audit import Deed
from handlers.store.accounts import NewCredentials
from handlers.vault.base import Sealed
from tests.contract.store.conftest import postgres_house
from tests.contract.store.seats import at
from tests.servers.postgres import fresh_database
from tests.servers.roles import APP, WORKER, address_as
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


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The edge's own connection, for one user at a time, and that user's log."""

    house: House
    trader: Trader
    connection: asyncpg.Connection[asyncpg.Record]

    async def ask(self, statement: str, *given: Any, acting: Any = None) -> Any:
        async with self.connection.transaction():
            who = str(acting or self.trader.user)
            await self.connection.execute("SELECT set_config('app.user_id', $1, true)", who)
            return await self.connection.fetchval(statement, *given)

    async def told(self) -> list[tuple[str, str]]:
        written = await self.house.store.audit.after(self.trader.user, 0, limit=9)
        return [(entry.actor, entry.action) for entry in written]


@pytest.fixture
async def edge() -> AsyncGenerator[Edge]:
    async with AsyncExitStack() as stack:
        dsn = stack.enter_context(fresh_database(template=migrated_template()))
        house = await stack.enter_async_context(postgres_house(dsn))
        trader = await house.trader()
        given = NewCredentials(sealed=Sealed(record=b"x" * 40, key_version=1), hint="cdef")
        await house.store.accounts.put_credentials(trader.user, trader.account.id, given)
        connection = await asyncpg.connect(address_as(dsn, APP))
        stack.push_async_callback(connection.close)
        yield Edge(house=house, trader=trader, connection=connection)


_KEPT = "SELECT count(*) FROM kept_credentials($1, $2)"
_TELL_READING = "SELECT tell_reading($1, $2)"
_ASKED = '{"actor": "session:1", "action": "strategy.pause"}'


async def test_the_edge_reads_nothing_that_it_did_not_tell_of(edge: Edge) -> None:
    asked = edge.trader.user, edge.trader.account.id

    assert await edge.ask(_KEPT, *asked) == 0
    assert await edge.ask(_TELL_READING, asked[1], _ASKED)
    assert await edge.ask(_KEPT, *asked) == 1
    assert await edge.told() == [("session:1", "account.credentials_read")]


async def test_the_edge_reads_nothing_in_the_transaction_that_tells(edge: Edge) -> None:
    user, account = edge.trader.user, edge.trader.account.id
    async with edge.connection.transaction():
        await edge.connection.execute("SELECT set_config('app.user_id', $1, true)", str(user))
        assert await edge.connection.fetchval(_TELL_READING, account, _ASKED)

        assert await edge.connection.fetchval(_KEPT, user, account) == 0


async def test_the_edge_reads_nobody_s_but_of_whom_the_transaction_is_for(edge: Edge) -> None:
    other = await edge.house.user()
    asked = edge.trader.user, edge.trader.account.id
    await edge.ask(_TELL_READING, asked[1], _ASKED)

    assert not await edge.ask(_TELL_READING, asked[1], _ASKED, acting=other)
    assert await edge.ask(_KEPT, *asked, acting=other) == 0


async def test_a_reading_of_the_edge_is_in_the_log_under_who_asked(edge: Edge) -> None:
    user, account = edge.trader.user, edge.trader.account.id
    deed = Deed(actor="session:7", action="account.credentials_read", trace_id="1" * 32)

    read = await at(edge.house, APP).accounts.credentials(user, account, deed=deed)

    assert read is not None
    [entry] = await edge.house.store.audit.after(edge.trader.user, 0, limit=9)
    assert (entry.actor, entry.trace_id) == ("session:7", "1" * 32)
    assert (entry.action, entry.after) == ("account.credentials_read", '{"version": 1}')
