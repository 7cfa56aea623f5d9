"""A town in one process: traders, a hostile venue, a record that fails, workers that are killed.

Time is trio's mock clock: minutes pass in milliseconds, and nothing is random but the seed.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio
import trio

from broker_adapters.errors import BrokerError
from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.paper.answers import Found
from broker_adapters.paper.memory import MemoryVenue
from broker_adapters.paper.questions import Find, Submit
from broker_adapters.paper.venue import Venue
from broker_adapters.registry import open_broker
from bus.envelope import seal
from bus.memory import open_memory_bus
from bus.messages import ExecuteOrder
from bus.values import Clock, OrderId, UserId, WorkerId
from handlers.errors import StoreUnavailableError
from handlers.records.alerts import Recorded
from handlers.store.memory import MemoryStore
from infra.local.doubles.hostile_venue import HostileVenue
from infra.local.doubles.hostility import KINDS, Fate, Fates, Hostility
from tests.builders import START, a_new_order, a_new_signal, a_strategy, a_user, an_account
from worker_runtime.drain import Drain
from worker_runtime.ports import Ports
from worker_runtime.serving import serve_user

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from anyio.abc import TaskGroup

    from broker_adapters.base import Broker
    from broker_adapters.paper.answers import AnyAnswer
    from broker_adapters.paper.questions import AnyQuestion
    from bus.bundle import Bus
    from handlers.records.accounts import Account

HOSTILE = Hostility(
    late_share=0.10,
    late_ms=(60, 200),
    held_share=0.05,
    held_ms=(60, 2500),
    swallow_after=0.10,
    swallow_before=0.05,
)
_SYMBOLS = ("BTCUSDT", "ETHUSDT")


class MockedClock(Clock):
    """The clock of the trio run this is called in."""

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return trio.current_time()


class Unreliable:
    """A store's part whose calls fail before or after they were carried out."""

    def __init__(self, part: Any, random: Random, share: float) -> None:
        self._part = part
        self._random = random
        self._share = share

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            draw = self._random.random()
            if draw < self._share / 2:
                raise StoreUnavailableError
            result = await method(*arguments, **named)
            if draw < self._share:
                raise StoreUnavailableError
            return result

        return call


class FarAway(Venue):
    """A venue across a network: what was sent arrives, whether or not the sender still lives."""

    def __init__(self, venue: Venue, network: TaskGroup) -> None:
        self._venue = venue
        self._network = network

    async def ask(self, question: AnyQuestion) -> AnyAnswer:
        answers: list[AnyAnswer | BrokerError] = []
        arrived = anyio.Event()

        async def travel() -> None:
            try:
                answers.append(await self._venue.ask(question))
            except BrokerError as error:
                answers.append(error)
            arrived.set()

        self._network.start_soon(travel)
        await arrived.wait()
        [answer] = answers
        if isinstance(answer, BrokerError):
            raise answer
        return answer


class Town:
    """Everything of one simulated run."""

    def __init__(self, seed: int, bus: Bus, network: TaskGroup, *, store_faults: float) -> None:
        self.random = Random(seed)
        self.clock = MockedClock()
        self.bus = bus
        self.store = MemoryStore(self.clock)
        self.venue = MemoryVenue(self.clock)
        self.submits: list[str] = []
        self.accounts: list[Account] = []
        self.promised: list[OrderId] = []
        fates = Fates(seed)
        fates.set(HOSTILE, *KINDS)
        self._far = FarAway(HostileVenue(self.venue, fates, receive=self._note), network)
        self._store_faults = store_faults
        self._generation = 0

    async def settle_in(self, users: int) -> None:
        """Let traders open their accounts."""
        for _ in range(users):
            user = a_user()
            await self.store.identity.add_user(user, email=f"{user}@x.test", password_hash="-")
            self.accounts.append(await self.store.catalogue.add_account(an_account(user)))

    async def alert(self, account: Account) -> None:
        """Record an alert, and hint it or lose the hint."""
        strategy = a_strategy(account)
        await self.store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
        order = a_new_order(
            account,
            symbol=self.random.choice(_SYMBOLS),
            quantity=str(self.random.randint(1, 9)),
            expires_at=self.clock.now() + timedelta(seconds=60),
        )
        signal = a_new_signal(strategy, order, received_at=self.clock.now())
        assert isinstance(await self.store.signals.record(signal), Recorded)
        self.promised.append(order.id)
        if self.random.random() < 0.7:
            await self._hint(account, order.id)

    async def serve(self, user: UserId) -> None:
        """Run workers for a user, one after the other; each is killed at some point."""
        while True:
            life = self.random.uniform(0.2, 20.0)
            with anyio.move_on_after(life):
                await self._one_life(user)

    async def filled_at_venue(self, account: Account, client_order_id: str) -> Decimal:
        """Return how much of an order the venue filled; nothing of one it does not have."""
        question = Find(
            owner=account.user_id,
            account=account.id,
            client_order_id=client_order_id,
            broker_order_id=None,
        )
        answer = await self.venue.ask(question)
        assert isinstance(answer, Found)
        return Decimal(0) if answer.report is None else answer.report.filled_quantity

    async def _one_life(self, user: UserId) -> None:
        self._generation += 1
        worker = WorkerId(UUID(int=self._generation))
        lease: list[Any] = []
        try:
            await serve_user(
                user, self._ports(), worker=worker, drain=Drain(), on_lease=lease.append
            )
        finally:
            # The host reaps the dead process and ends its lease; sometimes it is gone too.
            if lease and self.random.random() < 0.8:
                with anyio.CancelScope(shield=True):
                    await self.store.leases.end(lease[0])

    def _ports(self) -> Ports:
        means = BrokerMeans(clock=self.clock, paper=self._far)

        def open_one(account: Account) -> AbstractAsyncContextManager[Broker]:
            whose = BrokerAccount(
                id=account.id,
                owner=account.user_id,
                broker=account.broker,
                mode=account.mode,
                options=account.options,
            )
            return open_broker(whose, None, means)

        store = MemoryStore(self.clock)
        for name in ("signals", "orders", "work", "leases", "relay", "catalogue", "workers"):
            part = Unreliable(getattr(self.store, name), self.random, self._store_faults)
            setattr(store, name, part)
        return Ports(store=store, bus=self.bus, clock=self.clock, open_broker=open_one)

    async def _hint(self, account: Account, order: OrderId) -> None:
        message = ExecuteOrder(user_id=account.user_id, order_id=order, account_id=account.id)
        for _ in range(self.random.randint(1, 2)):
            envelope = seal(message, clock=self.clock, dedup_id=f"execute:{order}")
            await self.bus.hints.hint(account.user_id, envelope)

    async def _note(self, question: AnyQuestion, fate: Fate) -> None:
        del fate
        if isinstance(question, Submit):
            self.submits.append(question.request.client_order_id)


@asynccontextmanager
async def a_town(seed: int, *, users: int, store_faults: float) -> AsyncGenerator[Town]:
    """Found a town with its traders."""
    async with open_memory_bus(MockedClock()) as bus, anyio.create_task_group() as network:
        town = Town(seed, bus, network, store_faults=store_faults)
        await town.settle_in(users)
        yield town
        network.cancel_scope.cancel()
