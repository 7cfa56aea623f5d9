"""The venue in a process of its own: hostile, killed, and back again."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from broker_adapters.base import (
    Accepted,
    BrokerEvent,
    NotFound,
    NotSent,
    OrderRequest,
    Reason,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from broker_adapters.registry import open_paper_venue
from bus.values import OrderState, Side, SystemClock
from infra.local.doubles.hostility import Hostility
from tests.contract.broker_adapters.trader import Place, Trader, trading
from tests.servers.venue import VenueProcess, running_venue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    import asyncpg

    from broker_adapters.opening import BrokerAccount

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

_SUBMITS = "SELECT count(*) FROM venue_journal.requests WHERE kind = 'submit' AND key = $1"
_PLACED = "SELECT client_order_id FROM paper.orders"


@pytest.fixture
def process(ledger_dsn: str) -> Iterator[VenueProcess]:
    with running_venue(ledger_dsn) as running:
        yield running


@asynccontextmanager
async def session(
    process: VenueProcess, account: BrokerAccount | None = None
) -> AsyncGenerator[Trader]:
    clock = SystemClock()
    async with open_paper_venue(process.address, clock=clock) as venue:
        place = Place(venue=venue, clock=clock, end_the_day=_never)
        async with trading(place, account) as trader:
            yield trader


async def _never() -> None:
    """Nobody ends the day here."""


async def test_order_swallowed_after_it_was_done_is_found(process: VenueProcess) -> None:
    await process.treat(Hostility(swallow_after=1), "submit")
    async with session(process) as trader:
        request = trader.request()

        outcome = await trader.submit(request)

        assert isinstance(outcome, Unknown)
        assert (await trader.found(request)).state is OrderState.FILLED


async def test_order_swallowed_before_it_was_done_is_not_found(process: VenueProcess) -> None:
    await process.treat(Hostility(swallow_before=1), "submit")
    async with session(process) as trader:
        request = trader.request()

        outcome = await trader.submit(request)

        assert isinstance(outcome, Unknown)
        assert await trader.broker.find(trader.ref(request)) == NotFound()


async def test_answer_nobody_waited_for_still_placed_the_order(process: VenueProcess) -> None:
    await process.treat(Hostility(late_share=1, late_ms=(5_000, 5_000)), "submit")
    async with session(process) as trader:
        request = trader.request()

        with anyio.move_on_after(0.2):
            await trader.submit(request)

        with anyio.fail_after(5):
            ref = trader.ref(request)
            while isinstance(await trader.broker.find(ref), NotFound):  # noqa: ASYNC110 - no bell
                await anyio.sleep(0.01)
        assert await trader.held() == 1


async def test_order_held_back_past_its_time_is_never_placed(process: VenueProcess) -> None:
    await process.treat(Hostility(held_share=1, held_ms=(2_100, 2_100)), "submit")
    async with session(process) as trader:
        request = trader.request()

        outcome = await trader.submit(request)

        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.EXPIRED
        assert await trader.broker.find(trader.ref(request)) == NotFound()


async def test_journal_has_every_submit_and_whatever_became_of_it(
    process: VenueProcess, someone_else: asyncpg.Connection
) -> None:
    await process.treat(Hostility(swallow_before=0.5, swallow_after=0.5), "submit")
    async with session(process) as trader:
        for n in range(10):
            await trader.submit(trader.request(client_order_id=f"order-{n}"))

    counts = [await someone_else.fetchval(_SUBMITS, f"order-{n}") for n in range(10)]
    assert counts == [1] * 10


async def test_journal_is_only_ever_written_on(
    process: VenueProcess, someone_else: asyncpg.Connection
) -> None:
    async with session(process) as trader:
        await trader.placed()

    for statement in ("DELETE FROM venue_journal.requests", "TRUNCATE venue_journal.requests"):
        with pytest.raises(Exception, match="only ever written on"):
            await someone_else.execute(statement)


async def test_killed_venue_keeps_what_it_accepted_and_nothing_by_halves(
    process: VenueProcess, someone_else: asyncpg.Connection
) -> None:
    outcomes: dict[str, SubmitOutcome] = {}
    async with session(process) as trader:

        async def send(request: OrderRequest) -> None:
            outcomes[request.client_order_id] = await trader.submit(request)

        async def strike() -> None:
            while len(outcomes) < 40:
                await anyio.lowlevel.checkpoint()
            process.kill()

        async with anyio.create_task_group() as senders:
            senders.start_soon(strike)
            for n in range(200):
                side = Side.BUY if n % 3 else Side.SELL
                senders.start_soon(send, trader.request(side=side))
        process.start(listen=process.place)

        placed = {row["client_order_id"] for row in await someone_else.fetch(_PLACED)}
        accepted = {key for key, each in outcomes.items() if isinstance(each, Accepted)}
        never_sent = {key for key, each in outcomes.items() if isinstance(each, NotSent)}
        assert accepted <= placed
        assert not never_sent & placed
        assert {type(outcome) for outcome in outcomes.values()} <= {Accepted, NotSent, Unknown}
        assert await someone_else.fetch("SELECT * FROM paper.discrepancies") == []
        assert (await trader.placed()).state is OrderState.FILLED


async def test_stream_goes_on_when_the_venue_is_back(process: VenueProcess) -> None:
    heard: list[BrokerEvent] = []
    async with session(process) as trader:
        waiting = await trader.resting(limit_price=Decimal(95))

        async def listen() -> None:
            async for event in trader.broker.events():
                heard.append(event)
                return

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(listen)
                process.kill()
                while (await trader.broker.health()).is_connected:  # noqa: ASYNC110 - no bell
                    await anyio.sleep(0.005)
                process.start(listen=process.place)
                await trader.tick("90")

        assert heard == [await trader.found(waiting)]
