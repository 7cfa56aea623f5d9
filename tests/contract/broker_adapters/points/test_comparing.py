"""Every venue, compared with a record that nobody told of anything: no stream was listened to.

What the house sent is found and settled, what was traded by hand is told, at each venue's double by
its own adapter: paper, Gate over real HTTP, SinoPac through its SDK's types.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from typing_extensions import override

from bus.values import Clock, OrderState, OrderType, Side, UserId
from handlers.orders.compare import compare
from handlers.orders.desk import Desk
from handlers.orders.execution import execute
from handlers.records.accounts import Account
from handlers.records.comparison import PositionDiffers
from handlers.records.views import Filter, Span
from handlers.store.memory import MemoryStore
from tests.builders import a_new_order, a_new_signal, a_strategy, a_user, a_worker

if TYPE_CHECKING:
    from decimal import Decimal

    from broker_adapters.base import Broker
    from bus.values import OrderId
    from handlers.records.comparison import Comparison
    from tests.contract.broker_adapters.grounds.ground import Ground

pytestmark = pytest.mark.anyio

_LATE = timedelta(minutes=2)


class BehindClock(Clock):
    """A ground's clock, behind which the record can be for a while."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.behind = timedelta(0)

    @override
    def now(self) -> datetime:
        return self._ground.clock.now() - self.behind

    @override
    def monotonic(self) -> float:
        return self._ground.clock.monotonic()


class House:
    """A record with the ground's account, that is due to be compared once it traded."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.clock = BehindClock(ground)
        self.store = MemoryStore(self.clock)

    async def open(self) -> None:
        ground, user = self.ground, a_user()
        await self.store.identity.add_user(user, email=f"{user}@example.test", password_hash="-")
        # An account of a day: so it has one of its own to be compared.
        self.clock.behind = timedelta(days=1, hours=2)
        self.account = await self.store.catalogue.add_account(
            Account(
                id=ground.account,
                user_id=user,
                name="Compared",
                broker=ground.name.partition("-")[0],
                mode=ground.mode,
            )
        )
        self.clock.behind = timedelta(0)
        lease = await self.store.leases.take(user, a_worker())
        assert lease is not None
        self.desk = Desk(
            orders=self.store.orders,
            work=self.store.work,
            clock=self.clock,
            lease=lease,
            account=self.account,
            broker=_prompt(ground.broker),
            tell=_nobody,
        )

    async def buy(self, lots: int, *, below: int = 0) -> OrderId:
        """Send an order as the house does; nobody hears what becomes of it."""
        ground = self.ground
        order = a_new_order(
            self.account,
            symbol=ground.symbol,
            quantity=str(lots * ground.lot),
            order_type=OrderType.LIMIT,
            limit_price=str(ground.price - below * ground.tick),
            expires_at=self.clock.now() + timedelta(seconds=60),
        )
        strategy = a_strategy(self.account)
        await self.store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
        await self.store.signals.record(a_new_signal(strategy, order, received_at=self.clock.now()))
        await execute(order.id, self.desk)
        return order.id

    async def compare(self) -> Comparison:
        """Compare after a while; it stays asked for."""
        await self.ground.pass_(_LATE)
        assert await self.store.leases.renew(self.desk.lease)
        await self.store.comparisons.due(limit=1)
        found = await compare(self.desk, self.store.comparisons)
        assert found is not None
        return found

    async def held(self) -> Decimal:
        """Return what is held by the fills recorded, in lots."""
        [position] = await self.store.queries.positions(self.account.user_id)
        return position.quantity / self.ground.lot

    async def fills(self) -> int:
        return len(await self.store.queries.fills(self.account.user_id, Filter(), Span(limit=200)))

    async def state(self, order: OrderId) -> OrderState:
        found = await self.store.orders.load(order)
        assert found is not None
        return found.state


def _prompt(broker: Broker) -> Broker:
    """Let the pauses between readings be none: a double is never late."""
    broker.capabilities = msgspec.structs.replace(broker.capabilities, settle=timedelta(0))
    return broker


async def _nobody(user: UserId) -> None:
    del user


@pytest.fixture
async def house(ground: Ground) -> House:
    await ground.market()
    house = House(ground)
    await house.open()
    return house


async def test_a_fill_that_nobody_told_of_is_found_and_agrees(house: House) -> None:
    order = await house.buy(10)

    found = await house.compare()

    assert await house.state(order) is OrderState.FILLED
    assert await house.held() == 10
    assert (found.differences, found.unsettled) == ((), ())
    assert (found.orders, found.other_orders, found.positions) == (1, 0, 1)


async def test_a_working_order_that_filled_while_nobody_listened_is_settled(house: House) -> None:
    order = await house.buy(10, below=3)
    assert await house.state(order) is OrderState.ACCEPTED
    await house.ground.market(house.ground.price - 3 * house.ground.tick)

    found = await house.compare()

    assert await house.state(order) is OrderState.FILLED
    assert await house.held() == 10
    assert found.differences == ()


async def test_what_was_traded_by_hand_is_told_and_not_taken_for_ours(house: House) -> None:
    await house.buy(10)
    await house.ground.by_hand(Side.BUY, 5)

    found = await house.compare()

    symbol, lot = house.ground.symbol, house.ground.lot
    named = (await house.ground.broker.instrument(symbol)).leads_to or symbol
    assert found.differences == (
        PositionDiffers(symbols=(named,), recorded=(10 * lot).normalize(), at_venue=15 * lot),
    )
    assert (found.orders, found.other_orders) == (1, 1)
    assert await house.held() == 10


async def test_comparing_twice_by_two_sessions_counts_everything_once(house: House) -> None:
    order = await house.buy(10)
    first = await house.compare()
    before, events = (
        await house.fills(),
        await house.store.queries.order(house.account.user_id, order),
    )

    house.desk = replace(house.desk, broker=_prompt(await house.ground.anew()))
    again = await house.compare()

    assert await house.fills() == before
    assert await house.store.queries.order(house.account.user_id, order) == events
    assert (again.orders, again.fills, again.other_orders) == (first.orders, before, 0)
    assert (again.found_fills, again.settled_orders, again.differences) == (0, 0, ())
