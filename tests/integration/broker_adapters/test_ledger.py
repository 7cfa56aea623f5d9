"""What a failing database means for an order: never asked, undone, or unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import asyncpg
import pytest

from broker_adapters.base import (
    NotFound,
    NotSent,
    OrderReport,
    Reason,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from tests.contract.broker_adapters.trader import trading
from tests.integration.broker_adapters.wire import wired

if TYPE_CHECKING:
    from tests.contract.broker_adapters.trader import Trader
    from tests.integration.broker_adapters.wire import Wire

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1"


async def waiting_for_lock(someone: asyncpg.Connection, count: int = 1) -> list[int]:
    """Return the backends that wait for a lock, as soon as there are so many."""
    name = await someone.fetchval("SELECT current_database()")
    with anyio.fail_after(5):
        while True:
            pids = [row["pid"] for row in await someone.fetch(_WAITING, name)]
            if len(pids) >= count:
                return pids
            await anyio.sleep(0.005)


async def hold(someone: asyncpg.Connection, trader: Trader) -> None:
    """Take the lock of the trader's market, in a transaction that was begun."""
    statement = "SELECT FROM paper.markets WHERE owner_id = $1 FOR UPDATE"
    await someone.execute(statement, trader.account.owner)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.TooManyConnectionsError("sorry"),
        asyncpg.InterfaceError("pool is closing"),
    ],
    ids=repr,
)
async def test_order_without_a_connection_was_never_sent(
    trader: Trader, wire: Wire, error: Exception
) -> None:
    wire.refused = error

    assert isinstance(await trader.submit(), NotSent)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("confused"),
        RuntimeError("nobody thought of this"),
    ],
    ids=repr,
)
async def test_order_whose_answer_was_lost_is_unknown_and_found(
    trader: Trader, wire: Wire, error: Exception
) -> None:
    request = trader.request()
    wire.cut_after = error

    outcome = await trader.submit(request)

    assert isinstance(outcome, Unknown)
    assert (await trader.found(request)).client_order_id == request.client_order_id
    assert await trader.held() == 1


async def test_order_whose_question_was_lost_is_unknown_and_not_found(
    trader: Trader, wire: Wire
) -> None:
    request = trader.request()
    wire.cut_before = ConnectionResetError()

    outcome = await trader.submit(request)

    assert isinstance(outcome, Unknown)
    assert await trader.broker.find(trader.ref(request)) == NotFound()


async def test_order_that_the_database_undid_was_never_sent(
    trader: Trader, ledger_dsn: str, someone_else: asyncpg.Connection
) -> None:
    async with (
        wired(ledger_dsn, lock_timeout="20ms") as (_, hasty),
        trading(hasty, trader.account) as impatient,
        someone_else.transaction(),
    ):
        await impatient.placed()
        await hold(someone_else, trader)

        outcome = await impatient.submit()

    assert isinstance(outcome, NotSent)
    assert await trader.held() == 1


async def test_order_whose_session_was_ended_is_unknown(
    trader: Trader, someone_else: asyncpg.Connection
) -> None:
    await trader.placed()
    outcomes: list[SubmitOutcome] = []

    async def send() -> None:
        outcomes.append(await trader.submit())

    async with anyio.create_task_group() as sending, someone_else.transaction():
        await hold(someone_else, trader)
        sending.start_soon(send)
        (pid,) = await waiting_for_lock(someone_else)
        await someone_else.execute("SELECT pg_terminate_backend($1)", pid)

    assert isinstance(outcomes[0], Unknown)
    assert await trader.held() == 1


async def test_order_cancelled_in_mid_send_is_told_if_it_was_placed(
    trader: Trader, someone_else: asyncpg.Connection
) -> None:
    await trader.placed()
    request = trader.request()
    async with anyio.create_task_group() as sending, someone_else.transaction():
        await hold(someone_else, trader)
        sending.start_soon(trader.submit, request)
        await waiting_for_lock(someone_else)
        sending.cancel_scope.cancel()

    found = await trader.broker.find(trader.ref(request))

    await trader.placed()
    assert await trader.held() == (3 if isinstance(found, OrderReport) else 2)


async def test_order_that_waited_past_its_time_is_refused(
    trader: Trader, someone_else: asyncpg.Connection
) -> None:
    await trader.placed()
    request = trader.request()
    outcomes: list[SubmitOutcome] = []

    async def send() -> None:
        send_by = trader.place.clock.now() + timedelta(milliseconds=100)
        outcomes.append(await trader.broker.submit(request, send_by=send_by))

    async with anyio.create_task_group() as sending, someone_else.transaction():
        await hold(someone_else, trader)
        sending.start_soon(send)
        await waiting_for_lock(someone_else)
        await someone_else.execute("SELECT pg_sleep(0.15)")

    (outcome,) = outcomes
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.EXPIRED
    assert await trader.broker.find(trader.ref(request)) == NotFound()


async def test_look_up_waits_for_an_order_that_is_being_committed(
    trader: Trader, someone_else: asyncpg.Connection
) -> None:
    await trader.placed()
    moved = (
        "UPDATE paper.orders SET client_order_id = 'late' WHERE account_id = $1",
        "UPDATE paper.markets SET version = version + 1 WHERE owner_id = $1",
    )
    heard: list[object] = []

    async def look() -> None:
        heard.append(await trader.broker.find(trader.ref(trader.request(client_order_id="late"))))

    async with anyio.create_task_group() as looking, someone_else.transaction():
        await someone_else.execute(moved[1], trader.account.owner)
        await someone_else.execute(moved[0], trader.account.id)
        looking.start_soon(look)
        await waiting_for_lock(someone_else)

    assert [type(each) for each in heard] == [OrderReport]


async def test_fills_are_never_changed(trader: Trader, someone_else: asyncpg.Connection) -> None:
    await trader.placed()

    with pytest.raises(asyncpg.RaiseError):
        await someone_else.execute("UPDATE paper.fills SET quantity = quantity + 1")


@pytest.mark.parametrize(
    ("table", "column"),
    [("holdings", "quantity"), ("accounts", "cash"), ("orders", "filled_notional")],
)
async def test_tampering_is_a_discrepancy(
    trader: Trader, someone_else: asyncpg.Connection, table: str, column: str
) -> None:
    await trader.placed()

    await someone_else.execute(f"UPDATE paper.{table} SET {column} = {column} + 1")

    assert len(await someone_else.fetch("SELECT * FROM paper.discrepancies")) == 1
