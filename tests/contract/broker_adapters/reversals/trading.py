"""An alert carried out at a ground as a worker does: read, planned, recorded, sized, sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from handlers.orders.desk import Desk
from handlers.orders.execution import execute
from handlers.planning.planned import Planned, plan
from handlers.records.accounts import Account, Recognised
from handlers.records.alerts import Recorded
from handlers.signals import normalise
from handlers.store.memory import MemoryStore
from tests.builders import a_new_signal, a_strategy, a_user, a_worker

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.orders import Order
    from tests.contract.broker_adapters.grounds.ground import Ground


async def carry_out(ground: Ground, fields: dict[str, Any]) -> list[Order]:
    """Carry an alert out at a ground; returns its order, and the second leg if there was one."""
    store, user = MemoryStore(ground.clock), a_user()
    await store.identity.add_user(user, email=f"{user}@example.test", password_hash="none")
    account = Account(
        id=ground.account,
        user_id=user,
        name="Account",
        broker=ground.name.partition("-")[0],
        mode=ground.mode,
    )
    await store.catalogue.add_account(account)
    order = await _recorded(ground, store, account, fields)
    desk = await _desk(ground, store, account)
    orders: list[Order] = []
    while order is not None:
        executed = await execute(order.id, desk)
        found = await store.orders.load(order.id)
        assert found is not None
        orders.append(found)
        order = None if executed.child is None else await store.orders.load(executed.child)
    return orders


async def _recorded(
    ground: Ground, store: MemoryStore, account: Account, fields: dict[str, Any]
) -> Order | None:
    """Read and plan the alert, and record its order."""
    body = {"ticker": ground.symbol.replace("_", ""), "price": str(ground.price), **fields}
    [signal] = normalise(msgspec.json.encode(body)).signals
    strategy = msgspec.structs.replace(a_strategy(account), mode=ground.mode)
    await store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
    whose = Recognised(strategy=strategy, accounts=(account,), is_switch_engaged=False)
    now = ground.clock.now()
    planned = plan(signal, whose, now=now, received_at=now)
    assert isinstance(planned, Planned), planned
    [new] = planned.orders
    recorded = await store.signals.record(a_new_signal(strategy, new, received_at=now))
    assert isinstance(recorded, Recorded)
    return await store.orders.load(new.id)


async def _desk(ground: Ground, store: MemoryStore, account: Account) -> Desk:
    lease = await store.leases.take(account.user_id, a_worker())
    assert lease is not None
    return Desk(
        orders=store.orders,
        work=store.work,
        clock=ground.clock,
        lease=lease,
        account=account,
        broker=ground.broker,
        tell=_nobody,
    )


async def _nobody(user: UserId) -> None:
    del user
