"""A small world for one user's worker: memory bus, memory record, scripted venues."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
from typing_extensions import override

from bus.envelope import seal
from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.messages import ExecuteOrder
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
    WorkerId,
)
from handlers.records.accounts import Account
from handlers.records.alerts import NewOrder
from handlers.records.lifecycle import FINAL
from handlers.records.orders import Claim, ClaimedOrder, Order
from handlers.records.sizing_rules import Fixed
from handlers.store.memory import MemoryStore
from tests.contract.store.house import TRACE_ID, TRACEPARENT
from tests.unit.worker_runtime.gated_broker import GatedBroker, report_of_order
from worker_runtime.drain import Drain
from worker_runtime.pace import Pace
from worker_runtime.ports import Ports
from worker_runtime.serving import serve_user

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection
    from datetime import datetime

    from anyio.abc import TaskGroup

    from broker_adapters.base import Broker
    from bus.bundle import Bus
    from bus.messages import Message
    from handlers.records.orders import Lease
    from worker_runtime.worker import Ending

FAST = Pace(
    settle_in=0.005,
    blink=0.002,
    beat=0.02,
    renew=0.05,
    lease_retry=0.01,
    lease_patience=0.1,
    backlog=0.02,
    sweep=0.02,
    drain=1.0,
    shortest_pause=0.005,
    longest_pause=0.05,
)
# Long enough that nothing but a hint or a nudge can be what made something happen.
HINTS_ONLY = replace(FAST, backlog=60, sweep=60)


class MovedClock(SystemClock):
    """The machine's clocks, of which the wall's can be put ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    @override
    def now(self) -> datetime:
        return super().now() + self.ahead


class World:
    """What is outside of the worker."""

    def __init__(self, bus: Bus, pace: Pace) -> None:
        self.clock = MovedClock()
        self.bus = bus
        self.store = MemoryStore(self.clock)
        self.user = UserId(uuid7())
        self.brokers: dict[AccountId, GatedBroker] = {}
        self.ports = Ports(
            store=self.store, bus=bus, clock=self.clock, open_broker=self._open, pace=pace
        )
        self.drain = Drain()
        self._left = anyio.Event()
        self.endings: list[Ending] = []
        self.leases: list[Lease] = []

    @asynccontextmanager
    async def _open(self, account: Account) -> AsyncGenerator[Broker, None]:
        async with self.brokers[account.id].opening(account) as broker:
            yield broker

    async def add_account(self) -> AccountId:
        """Create an account with a venue of its own."""
        account = AccountId(uuid7())
        self.brokers[account] = GatedBroker()
        await self.store.catalogue.add_account(
            Account(id=account, user_id=self.user, name="test", broker="scripted", mode=Mode.PAPER)
        )
        return account

    async def record(
        self,
        account: AccountId,
        *,
        symbol: str = "BTCUSDT",
        lives: float = 60.0,
        trace_id: str = TRACE_ID,
    ) -> OrderId:
        """Record an order as the edge does, without hinting it."""
        order = OrderId(uuid7())
        new = NewOrder(
            id=order,
            account_id=account,
            mode=Mode.PAPER,
            symbol=symbol,
            sizing=Fixed(side=Side.BUY, quantity=Decimal(1)),
            side=Side.BUY,
            quantity=Decimal(1),
            order_type=OrderType.MARKET,
            expires_at=self.clock.now() + timedelta(seconds=lives),
            client_order_id=order.hex,
        )
        trace = (trace_id, TRACEPARENT.replace(TRACE_ID, trace_id))
        recorded = await self.store.signals.record_manual(
            self.user, new, key=order.hex, body_hash=order.bytes, trace=trace
        )
        assert recorded is not None
        return order

    async def hint(self, account: AccountId, *orders: OrderId) -> None:
        """Hint orders as the edge does."""
        for order in orders:
            await self.send(ExecuteOrder(user_id=self.user, order_id=order, account_id=account))

    async def send(self, message: Message) -> None:
        """Push any command to the user's list."""
        envelope = seal(message, clock=self.clock, dedup_id=uuid7().hex, traceparent=TRACEPARENT)
        await self.bus.hints.hint(self.user, envelope)

    async def send_as_ours(self, message: Message) -> None:
        """Push a command that names another user to this user's list."""
        envelope = seal(message, clock=self.clock, dedup_id=uuid7().hex, traceparent=TRACEPARENT)
        await self.bus.hints.hint(self.user, envelope)

    async def order(self, order: OrderId) -> Order:
        """Read an order."""
        found = await self.store.orders.load(order)
        assert found is not None
        return found

    async def until(self, order: OrderId, states: Collection[OrderState] = FINAL) -> Order:
        """Wait until the order is in one of these states, woken by what the worker announces."""
        async with self.bus.broadcast.listen(events_topic(self.user)) as news:
            while (found := await self.order(order)).state not in states:
                await anext(news)
        return found

    async def until_polled(self, order: OrderId, states: Collection[OrderState] = FINAL) -> Order:
        """Wait as `until` does, for what nobody announces."""
        while (found := await self.order(order)).state not in states:  # noqa: ASYNC110 - nobody announces it
            await anyio.sleep(0.005)
        return found

    async def until_left(self) -> None:
        """Wait until the worker has ended."""
        await self._left.wait()

    async def until_marked(self) -> None:
        """Wait until the worker says that it serves."""
        while (await self.bus.hints.hint(self.user)).worker_id is None:  # noqa: ASYNC110 - nobody announces it
            await anyio.sleep(0.005)

    async def steal_lease(self) -> Lease:
        """Take the user over, as a worker of another host does when this one's lease ran out."""
        await self.store.leases.release(self.leases[-1])
        stolen = await self.store.leases.take(self.user, WorkerId(uuid7()))
        assert stolen is not None
        return stolen

    async def die_in_mid_send(
        self, account: AccountId, *, is_at_venue: bool, symbol: str = "BTCUSDT"
    ) -> OrderId:
        """Leave an order as a worker does that is killed while it sends."""
        lease = await self.store.leases.take(self.user, WorkerId(uuid7()))
        assert lease is not None
        order = await self.record(account, symbol=symbol)
        claim = Claim(
            order_id=order,
            lease=lease,
            side=Side.BUY,
            frozen_quantity=Decimal(1),
            reduce_only=False,
        )
        claimed = await self.store.orders.claim(claim)
        assert isinstance(claimed, ClaimedOrder)
        await self.store.leases.release(lease)
        if is_at_venue:
            self.brokers[account].known[order.hex] = report_of_order(claimed.order)
        return order

    def serve(self, tasks: TaskGroup) -> None:
        """Start the worker."""
        tasks.start_soon(self.run_worker)

    async def run_worker(self) -> Ending:
        """Serve the user until drained."""
        ending = await serve_user(
            self.user,
            self.ports,
            worker=WorkerId(uuid7()),
            drain=self.drain,
            on_lease=self.leases.append,
        )
        self.endings.append(ending)
        self._left.set()
        return ending

    @asynccontextmanager
    async def served(self) -> AsyncGenerator[None, None]:
        """Have a worker for the time of the block; it is drained at the end."""
        async with anyio.create_task_group() as tasks:
            self.serve(tasks)
            yield
            self.drain.begin("the test is over")


@asynccontextmanager
async def a_world(pace: Pace = FAST) -> AsyncGenerator[World, None]:
    """Make a world with one user in it."""
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_memory_bus(SystemClock()))
        world = World(bus, pace)
        await world.store.identity.add_user(world.user, email="a@example.org", password_hash="-")
        with anyio.fail_after(8):
            yield world
