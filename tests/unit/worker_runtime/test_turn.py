"""A burst at one account: the commit that writes an answer down claims the next order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.base import Unknown
from bus.values import OrderState
from handlers.errors import StoreUnavailableError
from handlers.records.orders import ClaimedOrder, NotClaimed, WhyNot
from tests.unit.worker_runtime.gated_broker import refuse_before_sending
from tests.unit.worker_runtime.world import HINTS_ONLY, a_world

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_adapters.base import OrderRequest, SubmitOutcome
    from bus.values import AccountId, OrderId
    from handlers.records.orders import Claim, Settled, Settlement
    from tests.unit.worker_runtime.world import World

    Both = tuple[Settled, ClaimedOrder | NotClaimed]
    Door = Callable[[Settlement, Claim], Awaitable[Both]]

pytestmark = pytest.mark.anyio

_BURST = 6


class Fused:
    """What the record answered where a settlement claimed the next order."""

    def __init__(self, world: World) -> None:
        self.answers: list[ClaimedOrder | NotClaimed] = []
        self.before: list[Exception] = []
        self.after: list[Exception] = []
        self._door: Door = world.store.orders.settle_and_claim
        world.store.orders.settle_and_claim = self._ask

    async def _ask(self, settlement: Settlement, claim: Claim) -> Both:
        if self.before:
            raise self.before.pop()
        settled, answer = await self._door(settlement, claim)
        self.answers.append(answer)
        if self.after:
            raise self.after.pop()
        return settled, answer


async def a_burst(world: World, account: AccountId, *, of: int = _BURST) -> list[OrderId]:
    """Record and hint orders while the first one is on its way to the venue."""
    broker = world.brokers[account]
    broker.close_gate()
    orders = [await world.record(account) for _ in range(of)]
    await world.hint(account, *orders)
    with anyio.fail_after(5):
        await broker.until(lambda: bool(broker.submitted))
    return orders


def sent(world: World, account: AccountId) -> list[str]:
    return [request.client_order_id for request in world.brokers[account].submitted]


async def test_each_answers_commit_claims_the_next_order() -> None:
    async with a_world(HINTS_ONLY) as world:
        account, fused = await world.add_account(), Fused(world)
        async with world.served():
            orders = await a_burst(world, account)
            world.brokers[account].gate.set()
            for order in orders:
                assert (await world.until(order)).state is OrderState.FILLED

        assert sent(world, account) == [order.hex for order in orders]
        assert [type(answer) for answer in fused.answers] == [ClaimedOrder] * (_BURST - 1)


async def test_nothing_is_claimed_behind_an_order_in_doubt() -> None:
    async def lose(request: OrderRequest) -> SubmitOutcome:
        return Unknown(why=f"no answer for {request.client_order_id}")

    async with a_world(HINTS_ONLY) as world:
        account, fused = await world.add_account(), Fused(world)
        world.brokers[account].script.append(lose)
        async with world.served():
            first, *rest = await a_burst(world, account)
            world.brokers[account].gate.set()
            await world.until(first, {OrderState.UNKNOWN})
            await anyio.sleep(0.05)

            assert {(await world.order(order)).state for order in rest} == {OrderState.QUEUED}
        assert fused.answers == []


async def test_an_order_that_was_not_sent_goes_before_those_behind_it() -> None:
    async with a_world(HINTS_ONLY) as world:
        account = await world.add_account()
        world.brokers[account].script.append(refuse_before_sending)
        async with world.served():
            orders = await a_burst(world, account)
            world.brokers[account].gate.set()
            for order in orders:
                assert (await world.until(order)).state is OrderState.FILLED

        first = orders[0].hex
        assert sent(world, account) == [first, *(order.hex for order in orders)]


async def test_the_switch_holds_for_what_waits_behind() -> None:
    async with a_world(HINTS_ONLY) as world:
        account, fused = await world.add_account(), Fused(world)
        async with world.served():
            first, *rest = await a_burst(world, account)
            await world.store.switches.change(
                world.user, engaged=True, cancel_working=False, allow_exits=False
            )
            world.brokers[account].gate.set()
            assert (await world.until(first)).state is OrderState.FILLED

            assert {(await world.until(order)).state for order in rest} == {OrderState.DENIED}
        assert fused.answers in ([], [NotClaimed(why=WhyNot.GONE)])
        assert sent(world, account) == [first.hex]


async def test_a_worker_that_leaves_claims_nothing_more() -> None:
    async with a_world(HINTS_ONLY) as world:
        account, fused = await world.add_account(), Fused(world)
        async with world.served():
            first, *rest = await a_burst(world, account)
            world.drain.begin("it shall leave")
            world.brokers[account].gate.set()
            await world.until_left()

        assert (await world.order(first)).state is OrderState.FILLED
        assert {(await world.order(order)).state for order in rest} == {OrderState.QUEUED}
        assert fused.answers == []


@pytest.mark.parametrize("is_committed", [False, True])
async def test_a_commit_whose_answer_was_lost_sends_nothing_twice(*, is_committed: bool) -> None:
    async with a_world(HINTS_ONLY) as world:
        account, fused = await world.add_account(), Fused(world)
        lost = [StoreUnavailableError("the answer was lost")]
        async with world.served():
            orders = await a_burst(world, account)
            (fused.after if is_committed else fused.before).extend(lost)
            world.brokers[account].gate.set()
            for order in orders:
                assert (await world.until(order)).state is OrderState.FILLED

        assert sent(world, account) == [order.hex for order in orders]
        second = await world.order(orders[1])
        assert second.attempts == (2 if is_committed else 1)


async def test_a_refused_settlement_leaves_the_next_order_where_it_was() -> None:
    async with a_world(HINTS_ONLY) as world:
        account, fused = await world.add_account(), Fused(world)
        async with world.served():
            first, second = await a_burst(world, account, of=2)
            fused.before.append(RuntimeError("the record makes no sense of it"))
            world.brokers[account].gate.set()
            assert (await world.until(second)).state is OrderState.FILLED

            assert (await world.order(first)).state is OrderState.SENDING
        assert sent(world, account) == [first.hex, second.hex]
