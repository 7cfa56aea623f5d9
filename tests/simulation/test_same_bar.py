"""Alerts of one bar, in whatever order they arrive: the chain of their sizes decides."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.paper.memory import MemoryVenue
from broker_adapters.registry import open_broker
from bus.envelope import seal
from bus.memory import open_memory_bus
from bus.messages import ExecuteOrder
from bus.values import OrderId, OrderState, WorkerId
from handlers.records.alerts import Recorded
from handlers.records.sizing_rules import Direction, DriftPolicy, Expected, Target
from handlers.store.memory import MemoryStore
from tests.builders import a_new_order, a_new_signal, a_strategy, a_user, a_worker, an_account
from tests.simulation.town import MockedClock
from worker_runtime.drain import Drain
from worker_runtime.ports import Ports
from worker_runtime.serving import serve_user

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from broker_adapters.base import Broker
    from bus.bundle import Bus
    from handlers.records.accounts import Account, Strategy
    from handlers.records.orders import Order

# A chain is the sizes that a strategy goes through within one bar, from flat.
Chain = list[int]
A_MOMENT = 0.02


@dataclass(kw_only=True)
class Bar:
    """One strategy at one paper account, and the alerts of one bar."""

    bus: Bus
    store: MemoryStore
    account: Account
    strategy: Strategy
    clock: MockedClock
    serve: Callable[[], Awaitable[None]]

    async def alert(self, before: int, after: int, *, policy: DriftPolicy) -> OrderId:
        """Record the alert that takes the position from one size to another, and hint it."""
        direction = None if before == 0 else Direction.LONG if before > 0 else Direction.SHORT
        expected = Expected(
            direction=direction,
            size=Decimal(before),
            policy=policy,
            resync_to=Decimal(after),
        )
        new = a_new_order(
            self.account,
            sizing=Target(size=Decimal(after), expected=expected),
            reduce_only=after == 0,
            expires_at=self.clock.now() + timedelta(seconds=60),
        )
        signal = a_new_signal(self.strategy, new, received_at=self.clock.now())
        assert isinstance(await self.store.signals.record(signal), Recorded)
        message = ExecuteOrder(
            user_id=self.account.user_id, order_id=new.id, account_id=self.account.id
        )
        envelope = seal(message, clock=self.clock, dedup_id=f"execute:{new.id}")
        await self.bus.hints.hint(self.account.user_id, envelope)
        return new.id

    async def order(self, order: OrderId) -> Order:
        found = await self.store.orders.load(order)
        assert found is not None
        return found

    async def until_none_waits(self, *orders: OrderId) -> None:
        for order in orders:
            while (await self.order(order)).state is OrderState.QUEUED:  # noqa: ASYNC110 - nobody tells it
                await trio.sleep(0.001)

    async def position(self) -> Decimal:
        held = await self.store.queries.positions(self.account.user_id)
        return sum((each.quantity for each in held), Decimal(0))


@asynccontextmanager
async def a_bar(*, is_served: bool = True) -> AsyncGenerator[Bar]:
    """Have a worker that serves the account for the time of the block, at once or when asked."""
    clock = MockedClock()
    account = an_account(a_user())
    strategy = a_strategy(account)
    store = MemoryStore(clock)
    means = BrokerMeans(clock=clock, paper=MemoryVenue(clock))

    def open_one(account: Account) -> AbstractAsyncContextManager[Broker]:
        whose = BrokerAccount(
            id=account.id,
            owner=account.user_id,
            broker=account.broker,
            mode=account.mode,
            options=account.options,
        )
        return open_broker(whose, None, means)

    async with open_memory_bus(clock) as bus, trio.open_nursery() as nursery:
        await store.identity.add_user(account.user_id, email="a@x.test", password_hash="-")
        await store.catalogue.add_account(account)
        await store.catalogue.add_strategy(strategy, token_hash=strategy.id.bytes * 2)
        ports = Ports(store=store, bus=bus, clock=clock, open_broker=open_one)
        worker: WorkerId = a_worker()

        async def serve() -> None:
            await serve_user(account.user_id, ports, worker=worker, drain=Drain())

        if is_served:
            nursery.start_soon(serve)
        await trio.sleep(1)
        yield Bar(
            bus=bus, store=store, account=account, strategy=strategy, clock=clock, serve=serve
        )
        nursery.cancel_scope.cancel()


def steps_of(chain: Chain) -> list[tuple[int, int]]:
    return list(zip([0, *chain], chain, strict=False))


async def arrive(
    chain: Chain, order: Sequence[int], *, gap: float, policy: DriftPolicy
) -> tuple[list[Order], Decimal, float]:
    """Let alerts arrive in this order; return them in chain order, and what they came to."""
    steps = steps_of(chain)
    async with a_bar() as bar:
        ids: dict[int, OrderId] = {}
        began = trio.current_time()
        for place in order:
            ids[place] = await bar.alert(*steps[place], policy=policy)
            await trio.sleep(gap)
        await bar.until_none_waits(*ids.values())
        took = trio.current_time() - began
        await trio.sleep(1)
        return [await bar.order(ids[n]) for n in range(len(steps))], await bar.position(), took


def run(
    chain: Chain, order: Sequence[int], *, gap: float, policy: DriftPolicy = DriftPolicy.BLOCK
) -> tuple[list[Order], Decimal, float]:
    async def main() -> tuple[list[Order], Decimal, float]:
        return await arrive(chain, order, gap=gap, policy=policy)

    return trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


@st.composite
def bars(draw: st.DrawFn) -> tuple[Chain, list[int]]:
    """A chain without a repeated size, and an order of arrival."""
    sizes = st.integers(min_value=-5, max_value=5).filter(bool)
    chain = draw(st.lists(sizes, min_size=2, max_size=4, unique=True))
    return chain, draw(st.permutations(range(len(chain))))


@given(bar=bars(), policy=st.sampled_from(DriftPolicy))
@pytest.mark.timeout(120)
@settings(max_examples=25, deadline=None)
def test_a_bars_alerts_end_where_their_chain_does(
    bar: tuple[Chain, list[int]], policy: DriftPolicy
) -> None:
    chain, order = bar

    orders, position, _ = run(chain, order, gap=A_MOMENT, policy=policy)

    assert position == chain[-1]
    assert [each.state for each in orders] == [OrderState.FILLED] * len(orders)
    sent = [each.send_started_at for each in orders]
    assert sent == sorted(sent, key=lambda at: at or MockedClock().now())


@pytest.mark.parametrize("chain", [[1, -1], [2, 5], [-3, -1, 4]])
def test_alerts_that_arrive_in_order_wait_for_nothing(chain: Chain) -> None:
    *_, took = run(chain, range(len(chain)), gap=0.0)

    assert took < A_MOMENT


def test_an_alert_that_starts_elsewhere_waits_no_longer_than_the_window() -> None:
    async def main() -> tuple[OrderState, float]:
        async with a_bar() as bar:
            began = trio.current_time()
            drifted = await bar.alert(3, 5, policy=DriftPolicy.BLOCK)
            await bar.until_none_waits(drifted)
            return (await bar.order(drifted)).state, trio.current_time() - began

    state, took = trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))

    assert state is OrderState.DENIED
    assert 0.14 < took < 0.2


def test_a_sibling_after_the_window_changes_nothing() -> None:
    orders, position, _ = run([1, 3], [1, 0], gap=0.3)

    assert [each.state for each in orders] == [OrderState.FILLED, OrderState.DENIED]
    assert position == 1


@given(bar=bars())
@pytest.mark.timeout(120)
@settings(max_examples=25, deadline=None)
def test_swapped_alerts_that_waited_for_a_worker_end_where_their_chain_does(
    bar: tuple[Chain, list[int]],
) -> None:
    chain, order = bar

    async def main() -> Decimal:
        async with a_bar(is_served=False) as served, trio.open_nursery() as nursery:
            steps = steps_of(chain)
            ids = [await served.alert(*steps[place], policy=DriftPolicy.BLOCK) for place in order]
            await trio.sleep(1)
            nursery.start_soon(served.serve)
            await served.until_none_waits(*ids)
            await trio.sleep(1)
            ended = await served.position()
            nursery.cancel_scope.cancel()
        return ended

    assert trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0)) == chain[-1]


def test_the_alert_that_went_first_says_so_in_its_timeline() -> None:
    async def main() -> list[str]:
        async with a_bar() as bar:
            await bar.alert(1, -1, policy=DriftPolicy.BLOCK)
            first = await bar.alert(0, 1, policy=DriftPolicy.BLOCK)
            await trio.sleep(1)
            detail = await bar.store.queries.order(bar.account.user_id, first)
            assert detail is not None
            return [n for event in detail.events for n in event.evidence.get("notes", [])]

    notes = trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))

    assert notes == ["An older alert of the same bar waits: this one starts from what is held."]
