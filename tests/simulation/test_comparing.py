"""Accounts are compared while they trade, at a venue that is late with everything it shows.

A difference that is told is true: nobody is frightened by what a moment later agrees. And what was
really traded elsewhere is told, with exact numbers, as soon as trading pauses.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import anyio
import pytest
import trio
import trio.testing

from bus.values import Side
from handlers.orders.compare import compare
from handlers.orders.desk import Desk
from handlers.orders.execution import execute
from handlers.orders.fills import take_event
from handlers.records.comparison import Comparison, PositionDiffers
from handlers.store.memory import MemoryStore
from tests.builders import (
    a_new_order,
    a_new_signal,
    a_strategy,
    a_user,
    a_worker,
    an_account,
)
from tests.simulation.late_venue import SYMBOLS, LateVenue
from tests.simulation.town import MockedClock

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.accounts import Account

_LATE_S = 4.0
_TRADES_FOR_S = 240.0
# Before the account's first day began.
_OLD_S = timedelta(days=1, hours=2).total_seconds()


class Scene:
    """A trader who trades all the time, a stream that loses some of it, comparisons beside it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clock = MockedClock()
        self.store = MemoryStore(self.clock)
        self.venue = LateVenue(self.clock, self.random, late_s=_LATE_S)
        self.found: list[Comparison] = []

    async def open(self) -> None:
        user = a_user()
        await self.store.identity.add_user(user, email=f"{user}@example.test", password_hash="-")
        self.account: Account = await self.store.catalogue.add_account(an_account(user))
        await anyio.sleep(_OLD_S)
        lease = await self.store.leases.take(user, a_worker())
        assert lease is not None
        self.lease = lease
        self.desk = Desk(
            orders=self.store.orders,
            work=self.store.work,
            clock=self.clock,
            lease=lease,
            account=self.account,
            broker=self.venue,
            tell=_nobody,
        )
        await self.trade()
        assert await self.store.comparisons.due(limit=1)

    async def trade(self) -> None:
        """Send one order, and let the stream tell of its fill some time, or never."""
        side = self.random.choice(list(Side))
        quantity = self.random.choice(["1", "1", "2"])
        order = a_new_order(
            self.account,
            symbol=self.random.choice(SYMBOLS),
            side=side,
            quantity=quantity,
            expires_at=self.clock.now() + timedelta(seconds=60),
        )
        strategy = a_strategy(self.account)
        await self.store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
        alert = a_new_signal(strategy, order, received_at=self.clock.now())
        await self.store.signals.record(alert)
        await execute(order.id, self.desk)

    async def trade_on(self) -> None:
        with anyio.move_on_after(_TRADES_FOR_S):
            while True:
                # Bursts and rests: some comparisons meet trading, some none.
                await anyio.sleep(self.random.choice([0.1, 0.7, 3.0, 15.0, 40.0]))
                await self.trade()

    async def stream(self) -> None:
        told = 0
        while True:
            await anyio.sleep(self.random.uniform(0.0, 1.5))
            for trade in self.venue.trades[told:]:
                if self.random.random() < 0.7:
                    await take_event(trade.fill, self.desk)
            told = len(self.venue.trades)

    async def keep_lease(self) -> None:
        while True:
            await anyio.sleep(5.0)
            assert await self.store.leases.renew(self.lease)

    async def compare_on(self) -> None:
        while True:
            found = await compare(self.desk, self.store.comparisons)
            assert found is not None
            self.found.append(found)
            await anyio.sleep(self.random.uniform(0.0, 5.0))

    async def run(self) -> None:
        await self.open()
        async with anyio.create_task_group() as tasks:
            for task in (self.stream, self.keep_lease, self.compare_on):
                tasks.start_soon(task)
            await self.trade_on()
            await anyio.sleep(8 * _LATE_S)
            tasks.cancel_scope.cancel()


async def _nobody(user: UserId) -> None:
    del user


def played(seed: int, **elsewhere: str) -> Scene:
    """Play one scene to its end."""
    scenes: list[Scene] = []

    async def main() -> None:
        scene = Scene(seed)
        scene.venue.elsewhere = {symbol: Decimal(each) for symbol, each in elsewhere.items()}
        scenes.append(scene)
        await scene.run()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    return scenes[0]


@pytest.mark.parametrize("seed", range(60))
def test_no_difference_is_told_that_is_none(seed: int) -> None:
    scene = played(seed)

    assert len(scene.found) > 10
    assert [each.differences for each in scene.found if each.differences] == []


def test_what_the_stream_lost_is_found_by_comparing() -> None:
    scene = played(1)

    assert scene.found[-1].fills == len(scene.venue.trades)
    assert scene.found[-1].unsettled == ()


@pytest.mark.parametrize("seed", range(10))
def test_what_was_traded_elsewhere_is_told_and_nothing_else(seed: int) -> None:
    scene = played(seed, BTCUSDT="5")

    told = {
        (each.symbols, each.at_venue - each.recorded)
        for found in scene.found
        for each in found.differences
        if isinstance(each, PositionDiffers)
    }
    assert told == {(("BTCUSDT",), Decimal(5))}
