"""A copy of a market, and those who move the market meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.base import (
    Accepted,
    NotFound,
    SubmitOutcome,
    Unknown,
)
from bus.values import OrderType
from tests.contract.broker_adapters.trader import trading
from tests.integration.broker_adapters.wire import wired

if TYPE_CHECKING:
    import asyncpg

    from tests.contract.broker_adapters.trader import Trader
    from tests.integration.broker_adapters.wire import Act, Wire

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


def mover(someone: asyncpg.Connection, trader: Trader) -> Act:
    """Return an act that moves the trader's market, as another process would."""

    async def move() -> None:
        statement = "UPDATE paper.markets SET version = version + 1 WHERE owner_id = $1"
        await someone.execute(statement, trader.account.owner)

    return move


async def test_market_that_was_moved_by_a_lost_answer_is_traded_on(
    trader: Trader, wire: Wire
) -> None:
    await trader.placed()
    wire.cut_after = ConnectionResetError()
    await trader.submit()

    await trader.placed()

    assert await trader.held() == 3


async def test_submit_is_one_statement(trader: Trader, wire: Wire) -> None:
    await trader.placed()
    wire.statements.clear()

    await trader.placed()
    await trader.placed(order_type=OrderType.LIMIT, limit_price=trader.request().quantity)

    assert len(wire.statements) == 2


async def test_two_processes_at_one_market_lose_and_double_nothing(
    trader: Trader, ledger_dsn: str, someone_else: asyncpg.Connection
) -> None:
    async with (
        wired(ledger_dsn) as (_, elsewhere),
        trading(elsewhere, trader.account) as twin,
        anyio.create_task_group() as senders,
    ):
        for n in range(25):
            senders.start_soon(trader.submit, trader.request(client_order_id=f"here-{n}"))
            senders.start_soon(twin.submit, twin.request(client_order_id=f"there-{n}"))

    assert await trader.held() == 50
    assert await someone_else.fetch("SELECT * FROM paper.discrepancies") == []


async def test_two_processes_with_one_client_id_place_one_order(
    trader: Trader, ledger_dsn: str
) -> None:
    request = trader.request()
    outcomes: list[SubmitOutcome] = []

    async def send(whose: Trader) -> None:
        outcomes.append(await whose.submit(request))

    async with (
        wired(ledger_dsn) as (_, elsewhere),
        trading(elsewhere, trader.account) as twin,
        anyio.create_task_group() as senders,
    ):
        for _ in range(25):
            senders.start_soon(send, trader)
            senders.start_soon(send, twin)

    assert sorted({type(outcome).__name__ for outcome in outcomes}) == ["Accepted", "Unknown"]
    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 1
    assert await trader.held() == 1


async def test_refusal_is_judged_by_the_market_as_it_is_now(
    trader: Trader, ledger_dsn: str
) -> None:
    await trader.placed()
    async with wired(ledger_dsn) as (_, elsewhere), trading(elsewhere, trader.account) as twin:
        await twin.tick("7", symbol="ETHUSDT")

    report = await trader.placed(symbol="ETHUSDT", reference_price=None)

    assert report.average_price == 7


async def test_order_that_is_overtaken_again_and_again_is_placed_all_the_same(
    trader: Trader, wire: Wire, someone_else: asyncpg.Connection
) -> None:
    await trader.placed()

    wire.meddlers = [mover(someone_else, trader)] * 3
    report = await trader.placed()

    assert "COMMIT" in wire.statements
    assert await trader.found(report) == report
    assert await trader.held() == 2


async def test_order_placed_alone_that_was_not_committed_is_not_there(
    trader: Trader, wire: Wire, someone_else: asyncpg.Connection
) -> None:
    await trader.placed()
    request = trader.request()

    async def cut() -> None:
        wire.cut_after = ConnectionResetError()

    wire.meddlers = [cut, *[mover(someone_else, trader)] * 3]
    outcome = await trader.submit(request)

    assert isinstance(outcome, Unknown)
    assert await trader.broker.find(trader.ref(request)) == NotFound()
    await trader.placed()
    assert await trader.held() == 2
