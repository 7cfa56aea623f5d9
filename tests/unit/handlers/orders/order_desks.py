"""A desk with one queued order, on the record in memory and a scripted broker."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bus.values import OrderState, Side
from handlers.orders.desk import Desk
from handlers.orders.execution import Executed, execute
from handlers.orders.reconcile import ref_of
from handlers.records.alerts import NewOrder, Recorded
from handlers.store.memory import MemoryStore
from tests.builders import (
    ManualClock,
    a_new_order,
    a_new_signal,
    a_strategy,
    a_user,
    a_worker,
    an_account,
)
from tests.unit.handlers.orders.scripted_broker import ScriptedBroker

if TYPE_CHECKING:
    from broker_adapters.base import Fill, OrderRef
    from bus.values import OrderId, UserId
    from handlers.records.accounts import Account
    from handlers.records.orders import Order


@dataclass
class Bench:
    """Everything a test of the order's life looks at."""

    clock: ManualClock
    store: MemoryStore
    broker: ScriptedBroker
    desk: Desk
    account: Account
    told: list[UserId]
    buy: Side = Side.BUY
    one: Decimal = Decimal(1)
    nothing: Decimal = Decimal(0)

    async def queued(self, new: NewOrder | None = None) -> OrderId:
        """Record an alert with one order."""
        order = new or a_new_order(self.account)
        strategy = a_strategy(self.account)
        await self.store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
        recorded = await self.store.signals.record(a_new_signal(strategy, order))
        assert isinstance(recorded, Recorded)
        return order.id

    async def read(self, order: OrderId) -> Order:
        found = await self.store.orders.load(order)
        assert found is not None
        return found

    async def ref_of(self, order: OrderId) -> OrderRef:
        """Return how the venue knows an order."""
        ref = ref_of(await self.read(order))
        assert ref is not None
        return ref

    async def fill_of(self, order: OrderId, quantity: str) -> Fill:
        """Return an execution of an order, as the venue would tell of it."""
        ref = await self.ref_of(order)
        report = self.broker.report(ref, OrderState.PARTIALLY_FILLED, filled=Decimal(quantity))
        return report.fills[0]

    async def run(self, order: OrderId) -> Executed:
        return await execute(order, self.desk)


async def a_bench(*, can_prove_absence: bool = True, flips: bool = True) -> Bench:
    clock = ManualClock()
    store = MemoryStore(clock)
    user = a_user()
    await store.identity.add_user(user, email=f"{user}@example.test", password_hash="none")
    account = await store.catalogue.add_account(an_account(user))
    lease = await store.leases.take(user, a_worker())
    assert lease is not None
    broker = ScriptedBroker(clock, can_prove_absence=can_prove_absence, flips=flips)
    told: list[UserId] = []

    async def tell(user: UserId) -> None:
        told.append(user)

    desk = Desk(
        orders=store.orders,
        work=store.work,
        clock=clock,
        lease=lease,
        account=account,
        broker=broker,
        tell=tell,
    )
    return Bench(clock, store, broker, desk, account, told)
