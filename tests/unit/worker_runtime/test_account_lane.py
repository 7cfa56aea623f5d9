"""A lane: one account's orders, one after the other, each tried again when that makes sense."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.memory.bell import Bell
from bus.values import OrderId, OrderState, SystemClock
from handlers.errors import LeaseLostError, StoreUnavailableError
from handlers.orders.executed import Executed
from handlers.records.orders import WhyNot
from worker_runtime.account_lane import Lane
from worker_runtime.pace import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from worker_runtime.turn import Turn

pytestmark = pytest.mark.anyio

FILLED = Executed(state=OrderState.FILLED)
QUEUED_AGAIN = Executed(state=OrderState.QUEUED, retry_after=timedelta(seconds=0.01))
BLOCKED = Executed(state=None, why=WhyNot.BLOCKED)
PACE = Pace(shortest_pause=0.005, longest_pause=0.01)


def an_order() -> OrderId:
    return OrderId(uuid7())


class Desk:
    """Attempts that end as the test says; without a word of it the order is filled."""

    def __init__(self) -> None:
        self.tried: list[OrderId] = []
        self.answers: dict[OrderId, list[Executed | Exception]] = {}
        self.gate = anyio.Event()
        self.gate.set()
        self._bell = Bell()

    async def attempt(self, turn: Turn) -> Executed:
        order = turn.item.order_id
        self.tried.append(order)
        self._bell.ring()
        await self.gate.wait()
        answers = self.answers.get(order)
        answer = answers.pop(0) if answers else FILLED
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def until_tried(self, *orders: OrderId) -> None:
        with anyio.fail_after(5):
            while len(self.tried) < len(orders):
                await self._bell.wait()
        assert self.tried == list(orders)


@asynccontextmanager
async def a_lane() -> AsyncGenerator[tuple[Lane, Desk]]:
    desk = Desk()
    lane = Lane(desk.attempt, clock=SystemClock(), pace=PACE)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lane.run)
        yield lane, desk
        lane.close()


async def test_orders_are_tried_in_the_order_they_came() -> None:
    async with a_lane() as (lane, desk):
        first, second = an_order(), an_order()

        lane.add(first)
        lane.add(second)

        await desk.until_tried(first, second)


async def test_an_order_in_hand_is_not_queued_twice() -> None:
    async with a_lane() as (lane, desk):
        first, second = an_order(), an_order()
        desk.gate = anyio.Event()
        lane.add(first)
        await desk.until_tried(first)

        lane.add(first)
        lane.add(second)
        lane.add(second)
        desk.gate.set()

        await desk.until_tried(first, second)


async def test_whoever_repeats_what_is_being_tried_hears_what_it_came_to() -> None:
    async with a_lane() as (lane, desk):
        order = an_order()
        desk.gate = anyio.Event()
        told: list[tuple[str, Executed | None]] = []
        is_told = anyio.Event()
        lane.add(order, done=lambda executed: told.append(("first", executed)))
        await desk.until_tried(order)

        def second(executed: Executed | None) -> None:
            told.append(("second", executed))
            is_told.set()

        lane.add(order, done=second)
        assert told == []
        desk.gate.set()

        await is_told.wait()
        assert [who for who, _ in told] == ["first", "second"]
        assert told[0][1] == told[1][1] is not None


async def test_whoever_repeats_what_waits_for_its_time_is_not_kept() -> None:
    async with a_lane() as (lane, desk):
        order = an_order()
        desk.answers[order] = [Executed(state=None, retry_after=timedelta(hours=1))]
        tried = anyio.Event()
        lane.add(order, done=lambda _: tried.set())
        await tried.wait()
        told: list[Executed | None] = []

        lane.add(order, done=told.append)

        assert told == [None]


async def test_a_hint_is_done_after_its_order_was_tried() -> None:
    async with a_lane() as (lane, desk):
        order = an_order()
        is_done = anyio.Event()
        desk.gate = anyio.Event()
        lane.add(order, done=lambda _: is_done.set())
        await desk.until_tried(order)
        assert not is_done.is_set()

        desk.gate.set()

        await is_done.wait()


async def test_an_older_order_goes_first() -> None:
    async with a_lane() as (lane, desk):
        older, younger = an_order(), an_order()
        desk.answers[younger] = [Executed(state=None, why=WhyNot.BEHIND, ahead=older)]

        lane.add(younger)

        await desk.until_tried(younger, older, younger)


async def test_an_older_order_that_waits_here_is_moved_forward_not_doubled() -> None:
    async with a_lane() as (lane, desk):
        older, younger = an_order(), an_order()
        desk.answers[younger] = [Executed(state=None, why=WhyNot.BEHIND, ahead=older)]
        desk.gate = anyio.Event()

        lane.add(younger)
        lane.add(older)
        desk.gate.set()

        await desk.until_tried(younger, older, younger)


async def test_an_order_behind_one_that_waits_for_its_time_waits_with_it() -> None:
    async with a_lane() as (lane, desk):
        older, younger = an_order(), an_order()
        desk.answers[older] = [QUEUED_AGAIN]
        desk.answers[younger] = [Executed(state=None, why=WhyNot.BEHIND, ahead=older)]

        lane.add(older)
        lane.add(younger)

        await desk.until_tried(older, younger, older, younger)


async def test_a_blocked_order_lets_others_pass() -> None:
    async with a_lane() as (lane, desk):
        blocked, free = an_order(), an_order()
        desk.answers[blocked] = [BLOCKED]

        lane.add(blocked)
        lane.add(free)

        await desk.until_tried(blocked, free)


async def test_a_blocked_order_is_tried_again_when_woken() -> None:
    async with a_lane() as (lane, desk):
        blocked, free = an_order(), an_order()
        desk.answers[blocked] = [BLOCKED]
        lane.add(blocked)
        lane.add(free)
        await desk.until_tried(blocked, free)

        lane.wake()

        await desk.until_tried(blocked, free, blocked)


async def test_a_send_that_never_left_is_tried_again_in_time() -> None:
    async with a_lane() as (lane, desk):
        order = an_order()
        desk.answers[order] = [QUEUED_AGAIN, QUEUED_AGAIN]

        lane.add(order)

        await desk.until_tried(order, order, order)


async def test_a_second_leg_follows_its_first() -> None:
    async with a_lane() as (lane, desk):
        first, second = an_order(), an_order()
        desk.answers[first] = [Executed(state=OrderState.FILLED, child=second)]

        lane.add(first)

        await desk.until_tried(first, second)


async def test_a_record_that_is_away_holds_the_lane_and_loses_nothing() -> None:
    async with a_lane() as (lane, desk):
        first, second = an_order(), an_order()
        desk.answers[first] = [StoreUnavailableError(), StoreUnavailableError()]

        lane.add(first)
        lane.add(second)

        await desk.until_tried(first, first, first, second)


async def test_a_fault_in_one_order_does_not_end_the_lane() -> None:
    async with a_lane() as (lane, desk):
        faulty, other = an_order(), an_order()
        desk.answers[faulty] = [RuntimeError("a fault of ours")]

        lane.add(faulty)
        lane.add(other)

        await desk.until_tried(faulty, other)


async def test_a_lost_lease_ends_the_lane() -> None:
    order, desk = an_order(), Desk()
    desk.answers[order] = [LeaseLostError()]
    lane = Lane(desk.attempt, clock=SystemClock(), pace=PACE)
    lane.add(order)

    with pytest.raises(LeaseLostError):
        await lane.run()


async def test_a_closed_lane_finishes_what_is_in_hand_and_begins_nothing() -> None:
    async with a_lane() as (lane, desk):
        first, second = an_order(), an_order()
        desk.gate = anyio.Event()
        lane.add(first)
        lane.add(second)
        await desk.until_tried(first)

        lane.close()
        desk.gate.set()

    assert desk.tried == [first]
