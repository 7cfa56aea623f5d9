"""Worker processes as they run for real, on a PostgreSQL and a Valkey of the test run."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import asyncpg
import psutil

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import ExecuteOrder, StartWorker
from bus.open import open_bus
from bus.settings import BusSettings, parse_address
from bus.topics import events_topic
from bus.values import (
    AccountId,
    Mode,
    OrderId,
    OrderState,
    OrderType,
    Side,
    SystemClock,
    UserId,
)
from handlers.records.accounts import Account
from handlers.records.alerts import NewOrder
from handlers.records.lifecycle import FINAL
from handlers.records.sizing_rules import Fixed
from handlers.store.open import StoreSettings, open_store
from infra.local.logins import CONTROL, WORKER, told_as
from infra.local.schema import bring_up_to_date
from tests.servers.keys import shared_keys
from tests.servers.postgres import shared_postgres
from tests.servers.roles import let_in, logins_at

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Generator, Mapping

    from bus.bundle import Bus
    from handlers.records.orders import Order
    from handlers.records.views import WorkerView
    from handlers.store.base import Store

CLOCK = SystemClock()
_TEMPLATE = "worker_template"
_ROOT = Path(__file__).parents[3]


@functools.cache
def furnished_template() -> str:
    """Return the name of a database with the record and the paper ledger in it, to be copied."""
    server = shared_postgres()
    server.run_sql(f'CREATE DATABASE "{_TEMPLATE}"')
    # In a thread of its own, since a loop may be running in this one.
    with ThreadPoolExecutor(max_workers=1) as other:
        other.submit(anyio.run, bring_up_to_date, server.dsn(_TEMPLATE)).result()
    let_in(server)
    return _TEMPLATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Trader:
    """A user with one paper account."""

    user: UserId
    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The servers as an edge sees them, and what their processes must be told."""

    store: Store
    bus: Bus
    environment: dict[str, str]

    async def add_trader(self) -> Trader:
        """Create a user with a paper account."""
        trader = Trader(user=UserId(uuid7()), account=AccountId(uuid7()))
        email = f"{trader.user.hex}@example.org"
        await self.store.identity.add_user(trader.user, email=email, password_hash="-")
        await self.store.catalogue.add_account(
            Account(
                id=trader.account,
                user_id=trader.user,
                name="paper",
                broker="paper",
                mode=Mode.PAPER,
            )
        )
        return trader

    async def record(self, trader: Trader, *, symbol: str = "BTCUSDT") -> OrderId:
        """Record an order as the edge does, without a hint."""
        order = OrderId(uuid7())
        new = NewOrder(
            id=order,
            account_id=trader.account,
            mode=Mode.PAPER,
            symbol=symbol,
            sizing=Fixed(side=Side.BUY, quantity=Decimal(1)),
            side=Side.BUY,
            quantity=Decimal(1),
            order_type=OrderType.MARKET,
            reference_price=Decimal(100),
            expires_at=CLOCK.now() + timedelta(seconds=60),
            client_order_id=order.hex,
        )
        await self.store.signals.record_manual(
            trader.user, new, key=order.hex, body_hash=order.bytes, trace=("", "")
        )
        return order

    async def alert(self, trader: Trader, *, symbol: str = "BTCUSDT") -> OrderId:
        """Record an order, hint it, and claim a warm worker if there is none, as the edge does."""
        order = await self.record(trader, symbol=symbol)
        message = ExecuteOrder(user_id=trader.user, order_id=order, account_id=trader.account)
        envelope = seal(message, clock=CLOCK, dedup_id=order.hex)
        hinted = await self.bus.hints.hint(trader.user, envelope)
        if hinted.should_claim:
            await self.bus.pool.claim(trader.user)
        return order

    async def order(self, order: OrderId) -> Order:
        """Read an order."""
        found = await self.store.orders.load(order)
        assert found is not None
        return found

    async def until(
        self, trader: Trader, order: OrderId, states: Collection[OrderState] = FINAL
    ) -> Order:
        """Wait until an order is in one of these states."""
        async with self.bus.broadcast.listen(events_topic(trader.user)) as news:
            while (found := await self.order(order)).state not in states:
                with anyio.move_on_after(0.05):
                    await anext(news)
        return found

    async def ask_for_worker(self, user: UserId) -> None:
        """Ask for a worker by the queue, as the relay does."""
        deadline = CLOCK.now() + timedelta(seconds=30)
        message = StartWorker(user_id=user, cause=None, deadline=deadline)
        envelope = seal(message, clock=CLOCK, dedup_id=uuid7().hex)
        await self.bus.publisher.publish(Destination.WORKER_CONTROL, envelope)

    async def let_lease_run_out(self, user: UserId) -> None:
        """End the user's lease as time does: nobody gave it back."""
        connection = await asyncpg.connect(self.environment["FOURPASS_DATABASE_URL"])
        try:
            await connection.execute(
                "UPDATE worker_leases SET expires_at = now() WHERE user_id = $1", user
            )
        finally:
            await connection.close()

    async def orders_at_venue(self, account: AccountId) -> int:
        """Count what the venue itself has of an account."""
        connection = await asyncpg.connect(self.environment["FOURPASS_DATABASE_URL"])
        try:
            count: int = await connection.fetchval(
                "SELECT count(*) FROM paper.orders WHERE account_id = $1", account
            )
            return count
        finally:
            await connection.close()

    async def worker_of(self, user: UserId, *, other_than: int = 0) -> WorkerView:
        """Wait until somebody serves the user, and return who."""
        while True:
            for worker in await self.store.queries.workers(user):
                if worker.epoch is not None and worker.pid != other_than:
                    return worker
            await anyio.sleep(0.02)

    async def pool_of(self, size: int) -> None:
        """Wait until this many warm workers say that they are ready."""
        while await self.bus.pool.ready() < size:  # noqa: ASYNC110 - nobody announces it
            await anyio.sleep(0.02)


@asynccontextmanager
async def a_world(dsn: str, valkey_url: str) -> AsyncGenerator[World]:
    """Open the servers for a test."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("FOURPASS_")
    } | {
        "FOURPASS_DATABASE_URL": dsn,
        **logins_at(dsn),
        "FOURPASS_VALKEY_URL": valkey_url,
        "FOURPASS_LOG_FORMAT": "json",
        **shared_keys(),
    }
    async with (
        open_store(StoreSettings(database_url=dsn), CLOCK) as store,
        open_bus(BusSettings(valkey=parse_address(valkey_url))) as bus,
    ):
        yield World(store=store, bus=bus, environment=environment)


class Running:
    """A process under test, and all that descend from it."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def descendants(self) -> list[psutil.Process]:
        """Return the processes that it started, and those they started."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def stop(self) -> int:
        """Ask it to end and return its exit code."""
        self.process.terminate()
        return self.process.wait(15)

    def has_said(self, words: str) -> bool:
        """Say whether these words are in its log."""
        return words in self.log.read_text()


@contextmanager
def running(*arguments: str, environment: dict[str, Any]) -> Generator[Running]:
    """Run Python with these arguments; it is killed at the end if it still lives."""
    with tempfile.TemporaryDirectory(prefix="fourpass-worker-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=_ROOT, env=environment, stdout=said, stderr=said
            )
        try:
            yield Running(process, log)
        finally:
            process.kill()
            process.wait()


@asynccontextmanager
async def a_host(
    world: World, *, pool: int = 1, told: Mapping[str, str] | None = None
) -> AsyncGenerator[Running]:
    """Run a worker host with a warm pool, and the control plane that asks it for workers."""
    with tempfile.TemporaryDirectory(prefix="fourpass-launcher-") as folder:
        environment = world.environment | {
            "FOURPASS_POOL_SIZE": str(pool),
            "FOURPASS_LAUNCHER_SOCKET": f"{folder}/launcher.sock",
            **(told or {}),
        }
        cli = ("-m", "infra.local.cli")
        with (
            running(*cli, "worker", environment=told_as(WORKER, environment)) as host,
            running(*cli, "control-plane", environment=told_as(CONTROL, environment)),
        ):
            await world.pool_of(pool)
            yield host


@contextmanager
def frozen(pid: int) -> Generator[None]:
    """Keep a process from running for the time of the block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def until_gone(*processes: psutil.Process) -> None:
    """Wait until none of them runs."""
    while any(each.is_running() and each.status() != "zombie" for each in processes):  # noqa: ASYNC110 - nobody announces it
        await anyio.sleep(0.02)
