"""The record when its server dies, freezes, or is not there yet."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState, SystemClock
from handlers.errors import StoreUnavailableError
from handlers.records.alerts import Duplicate, Recorded
from handlers.records.views import Filter, Span
from handlers.store.open import StoreSettings, migrate, open_store
from tests.contract.store.conftest import postgres_house
from tests.servers.postgres import running_postgres
from tests.servers.roles import let_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bus.values import OrderId
    from handlers.records.alerts import NewSignal
    from handlers.store.base import Store
    from tests.servers.postgres import PostgresServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of one's own, with fsync on, to be killed and frozen."""
    with running_postgres(fsync=True) as own:
        asyncio.run(migrate(own.dsn()))
        let_in(own)
        yield own


async def until_it_answers(store: Store) -> None:
    async with asyncio.timeout(15):
        while True:
            try:
                return await store.ping()
            except StoreUnavailableError:
                await asyncio.sleep(0.02)


async def test_what_was_acknowledged_is_there_after_a_kill(server: PostgresServer) -> None:
    acknowledged: list[OrderId] = []
    failed: list[NewSignal] = []
    async with postgres_house(server.dsn()) as house:
        trader = await house.trader()
        is_enough = asyncio.Event()

        async def alert() -> None:
            while True:
                sent = house.signal(trader, house.order(trader))
                try:
                    await house.store.signals.record(sent)
                except StoreUnavailableError:
                    failed.append(sent)
                    return
                acknowledged.extend(order.id for order in sent.orders)
                if len(acknowledged) >= 200:
                    is_enough.set()

        callers = [asyncio.ensure_future(alert()) for _ in range(8)]
        await is_enough.wait()
        server.kill()
        await asyncio.gather(*callers)
        server.start()
        await until_it_answers(house.store)
        found = await house.store.queries.orders(trader.user, Filter(), Span(limit=100_000))
        again = [await house.store.signals.record(sent) for sent in failed]

    assert set(acknowledged) <= {shown.order.id for shown in found}
    assert failed
    assert all(isinstance(answer, Recorded | Duplicate) for answer in again)


async def test_the_same_pool_serves_after_a_restart(server: PostgresServer) -> None:
    async with postgres_house(server.dsn()) as house:
        trader = await house.trader()
        order = await house.queued(trader)
        server.kill()
        with pytest.raises(StoreUnavailableError):
            await house.store.orders.claim(house.claim(trader, order))
        server.start()
        await until_it_answers(house.store)

        await house.store.leases.renew(trader.lease)

        await house.store.orders.claim(house.claim(trader, order))

        assert (await house.load(order.id)).state is OrderState.SENDING


async def test_a_frozen_server_costs_no_caller_more_than_the_deadline(
    server: PostgresServer,
) -> None:
    async with postgres_house(server.dsn()) as house:
        trader = await house.trader()
        await house.queued(trader)
        os.kill(server.pid, signal.SIGSTOP)
        _freeze_children(server.pid, signal.SIGSTOP)
        try:
            began = asyncio.get_running_loop().time()
            calls = [
                house.store.signals.record(house.signal(trader, house.order(trader))),
                house.store.orders.load(house.order(trader).id),
                house.store.leases.renew(trader.lease),
            ]
            answers = await asyncio.gather(*calls, return_exceptions=True)
            took = asyncio.get_running_loop().time() - began
        finally:
            _freeze_children(server.pid, signal.SIGCONT)
            os.kill(server.pid, signal.SIGCONT)
        await until_it_answers(house.store)

    assert {type(answer) for answer in answers} == {StoreUnavailableError}
    assert took < 3


async def test_a_record_opens_while_its_server_is_away(server: PostgresServer) -> None:
    server.stop()
    try:
        async with open_store(StoreSettings(database_url=server.dsn()), SystemClock()) as store:
            with pytest.raises(StoreUnavailableError):
                await store.ping()
            server.start()
            await until_it_answers(store)
    finally:
        server.stop()
        server.start()


def _freeze_children(pid: int, how: signal.Signals) -> None:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    for child in children.split():
        os.kill(int(child), how)
