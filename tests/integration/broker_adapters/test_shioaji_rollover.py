"""TXFR2 leads to another month after a settlement; what was bought under it stays where it is.

An exit under the name closes what is held, whatever month the name leads to by then.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bus.values import Mode, OrderState, OrderType, Side
from handlers.orders.cancel import send_cancel
from handlers.orders.compare import compare
from handlers.orders.desk import Desk
from handlers.orders.execution import execute
from handlers.orders.reconcile import look
from handlers.records.alerts import Recorded
from handlers.records.sizing_rules import (
    Close,
    Direction,
    Enter,
    Fixed,
    Reverse,
    SizingRule,
    Target,
)
from handlers.store.memory import MemoryStore
from tests.builders import (
    a_new_order,
    a_new_signal,
    a_strategy,
    a_user,
    a_worker,
    an_account,
)
from tests.integration.broker_adapters.sino import at_venue, futures_ground

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.base import Broker
    from bus.values import OrderId
    from handlers.records.comparison import Difference
    from handlers.records.orders import Order
    from tests.contract.broker_adapters.grounds.sino import SinoGround

pytestmark = pytest.mark.anyio

FLAT = Close(direction=Direction.ANY)
_NEXT_DAY = timedelta(days=1, hours=2)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(kw_only=True)
class Trader:
    """Somebody who trades one account at the double, on the record in memory."""

    ground: SinoGround
    store: MemoryStore
    desk: Desk

    async def order(self, symbol: str, sizing: SizingRule, **fields: Any) -> Order:
        """Record an order and execute it; a reversal's second leg too."""
        wanted = a_new_order(self.desk.account, symbol=symbol, sizing=sizing, **fields)
        now = self.ground.clock.now()
        new = msgspec.structs.replace(
            wanted, reference_price=None, expires_at=now + timedelta(minutes=1)
        )
        strategy = a_strategy(self.desk.account)
        await self.store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
        recorded = await self.store.signals.record(a_new_signal(strategy, new, received_at=now))
        assert isinstance(recorded, Recorded)
        executed = await execute(new.id, self.desk)
        if executed.child is not None:
            await execute(executed.child, self.desk)
        return await self.read(new.id)

    async def read(self, order: OrderId) -> Order:
        found = await self.store.orders.load(order)
        assert found is not None
        return found

    async def roll(self, *, is_over: bool = True) -> None:
        """Let the names lead one month on, from one day to the next."""
        self.ground.venue.listed.roll("TXF", is_over=is_over)
        if is_over:
            # What was held of it is settled in cash, and no order tells of that.
            self.ground.ledger.contracts.pop("TXFC6", None)
        for code in ("TXFD6", "TXFE6"):
            self.ground.venue.stand(code, Decimal(20_000))
        await self.pass_time(_NEXT_DAY)

    async def pass_time(self, span: timedelta) -> None:
        await self.ground.pass_(span)
        assert await self.store.leases.renew(self.desk.lease)
        # A session lasts for less than a day.
        self.desk = at_desk(self.desk, await self.ground.anew())

    def held(self) -> dict[str, int]:
        """Return what the venue itself has, by month."""
        rows = self.ground.ledger.positions("F", {})
        signs = {"Buy": 1, "Sell": -1}
        return {row["code"]: row["quantity"] * signs[row["direction"]] for row in rows}

    async def differences(self) -> tuple[Difference, ...]:
        """Compare the account as of a new day."""
        await self.pass_time(_NEXT_DAY)
        assert await self.store.comparisons.due(limit=1)
        found = await compare(self.desk, self.store.comparisons)
        assert found is not None
        assert await self.store.comparisons.keep(self.desk.lease, found)
        assert found.unsettled == ()
        return found.differences


@asynccontextmanager
async def a_trader() -> AsyncGenerator[Trader]:
    async with futures_ground() as ground:
        for code in ("TXFC6", "TXFD6"):
            ground.venue.stand(code, Decimal(20_000))
        store = MemoryStore(ground.clock)
        user = a_user()
        await store.identity.add_user(user, email=f"{user}@example.test", password_hash="none")
        made = an_account(user, mode=Mode.LIVE, broker="shioaji")
        account = await store.catalogue.add_account(
            msgspec.structs.replace(made, id=ground.account)
        )
        lease = await store.leases.take(user, a_worker())
        assert lease is not None

        async def tell(_: object) -> None:
            return

        desk = Desk(
            orders=store.orders,
            work=store.work,
            clock=ground.clock,
            lease=lease,
            account=account,
            broker=ground.broker,
            tell=tell,
        )
        yield Trader(ground=ground, store=store, desk=at_desk(desk, ground.broker))


def at_desk(desk: Desk, broker: Broker) -> Desk:
    """Return the desk at a broker where nothing is late, as at the double."""
    broker.capabilities = msgspec.structs.replace(broker.capabilities, settle=timedelta(0))
    return replace(desk, broker=broker)


@pytest.fixture
async def trader() -> AsyncGenerator[Trader]:
    async with a_trader() as opened:
        yield opened


def buy(quantity: int) -> Fixed:
    return Fixed(side=Side.BUY, quantity=Decimal(quantity))


def sell(quantity: int) -> Fixed:
    return Fixed(side=Side.SELL, quantity=Decimal(quantity))


@pytest.mark.parametrize("is_over", [True, False])
@pytest.mark.parametrize("sizing", [FLAT, sell(2), Target(size=Decimal(0))])
async def test_an_exit_closes_the_month_that_is_held(
    trader: Trader, sizing: SizingRule, *, is_over: bool
) -> None:
    await trader.order("TXFR2", buy(2))
    assert trader.held() == {"TXFD6": 2}
    await trader.roll(is_over=is_over)

    closed = await trader.order("TXFR2", sizing)

    assert closed.state is OrderState.FILLED
    assert closed.reduce_only
    assert trader.held() == {}


async def test_an_exit_on_the_near_month_s_last_day_closes_that_month(trader: Trader) -> None:
    await trader.order("TXFR1", buy(1))
    await trader.roll(is_over=False)

    await trader.order("TXFR1", FLAT)

    assert trader.held() == {}


@pytest.mark.parametrize(
    "sizing", [sell(3), Reverse(quantity=Decimal(1)), Target(size=Decimal(-1))]
)
async def test_a_reversal_closes_the_old_month_and_opens_the_new_one(
    trader: Trader, sizing: SizingRule
) -> None:
    await trader.order("TXFR2", buy(2))
    await trader.roll()

    await trader.order("TXFR2", sizing)

    assert trader.held() == {"TXFE6": -1}


@pytest.mark.parametrize(
    "sizing", [buy(1), Enter(side=Side.BUY, quantity=Decimal(1)), Target(size=Decimal(3))]
)
async def test_nothing_is_added_in_another_month_than_is_held(
    trader: Trader, sizing: SizingRule
) -> None:
    await trader.order("TXFR2", buy(2))
    await trader.roll()

    refused = await trader.order("TXFR2", sizing)

    assert (refused.state, refused.error_code) == (OrderState.DENIED, "position_rule")
    assert "2 TXFD6" in (refused.error_message or "")
    assert trader.held() == {"TXFD6": 2}


async def test_what_another_name_holds_in_that_month_is_left_alone(trader: Trader) -> None:
    await trader.order("TXFR2", buy(1))
    await trader.roll()
    await trader.order("TXFR1", buy(2))

    await trader.order("TXFR2", FLAT)
    assert trader.held() == {"TXFD6": 2}
    again = await trader.order("TXFR2", FLAT)

    assert (again.state, again.error_code) == (OrderState.DENIED, "nothing_to_do")
    assert trader.held() == {"TXFD6": 2}


async def test_after_the_exit_the_name_trades_its_new_month(trader: Trader) -> None:
    await trader.order("TXFR2", buy(1))
    await trader.roll()
    await trader.order("TXFR2", FLAT)

    await trader.order("TXFR2", buy(1))

    assert trader.held() == {"TXFE6": 1}


async def test_what_is_held_over_a_settlement_is_no_difference(trader: Trader) -> None:
    await trader.order("TXFR2", buy(2))
    assert await trader.differences() == ()
    await trader.roll()

    assert await trader.differences() == ()
    await trader.order("TXFR2", FLAT)
    assert await trader.differences() == ()


async def test_an_order_is_found_and_cancelled_under_the_month_it_was_sent_for(
    trader: Trader,
) -> None:
    limit = {"order_type": OrderType.LIMIT, "limit_price": "19000"}
    order = await trader.order("TXFR2", buy(1), **limit)
    trader.ground.venue.listed.roll("TXF")
    await trader.pass_time(timedelta(minutes=10))

    assert await look(order, trader.desk, may_conclude=True) is OrderState.ACCEPTED
    await trader.store.orders.request_cancel(order.user_id, order.id)
    cancelled = await send_cancel(order.id, trader.desk)

    assert cancelled.state is OrderState.CANCELLED
    [placed] = at_venue(trader.ground)
    assert placed.status == "Cancelled"


async def test_what_works_in_the_old_month_counts_for_an_exit_there(trader: Trader) -> None:
    await trader.order("TXFR2", buy(2))
    await trader.roll()
    await trader.order("TXFR2", sell(1), order_type=OrderType.LIMIT, limit_price="20500")

    done = await trader.order("TXFR2", Target(size=Decimal(1)))

    assert done.error_code == "nothing_to_do"
    assert trader.held() == {"TXFD6": 2}
