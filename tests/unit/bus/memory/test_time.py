"""What ends by itself in the post in memory, on a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest
import trio
import trio.testing
from typing_extensions import override

from bus.base import Destination
from bus.envelope import seal
from bus.memory import open_memory_bus
from bus.messages import VerifyOrder
from bus.values import AccountId, Clock, OrderId, UserId, WorkerId

if TYPE_CHECKING:
    from bus.envelope import Envelope

pytestmark = pytest.mark.anyio


class _Moved(Clock):
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self._passed = 0.0

    @override
    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._passed)

    @override
    def monotonic(self) -> float:
        return self._passed

    def move(self, seconds: float) -> None:
        self._passed += seconds


class _Simulated(Clock):
    """The clock of trio, which a mock clock drives."""

    @override
    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=trio.current_time())

    @override
    def monotonic(self) -> float:
        return trio.current_time()


async def test_a_claim_may_be_asked_for_again_after_three_seconds() -> None:
    clock, user = _Moved(), UserId(uuid4())
    async with open_memory_bus(clock) as bus:
        asked: list[bool] = []
        for seconds in (0.0, 2.9, 0.2):
            clock.move(seconds)
            asked.append((await bus.hints.hint(user)).should_claim)

    assert asked == [True, False, True]


async def test_a_worker_not_seen_for_six_seconds_is_forgotten() -> None:
    clock, worker = _Moved(), WorkerId(uuid4())
    async with open_memory_bus(clock) as bus:
        await bus.pool.offer(worker)
        clock.move(5.9)
        assert await bus.pool.ready() == 1
        clock.move(0.2)

        assert await bus.pool.ready() == 0
        assert await bus.pool.claim(UserId(uuid4())) is None


async def test_a_reply_is_kept_for_a_minute() -> None:
    clock, user, request = _Moved(), UserId(uuid4()), uuid4()
    async with open_memory_bus(clock) as bus:
        await bus.replies.answer(user, request, b"yes")
        clock.move(59.9)
        assert await bus.replies.await_answer(user, request, timeout=timedelta(0)) == b"yes"
        clock.move(0.2)

        assert await bus.replies.await_answer(user, request, timeout=timedelta(0)) is None


async def test_a_dedup_id_is_remembered_for_five_minutes() -> None:
    clock = _Moved()
    async with (
        open_memory_bus(clock) as bus,
        bus.subscriber.receive(Destination.MAINTENANCE) as deliveries,
    ):
        numbers: list[float] = []
        for seconds in (0.0, 299.9, 0.2):
            clock.move(seconds)
            await bus.publisher.publish(Destination.MAINTENANCE, _verification(clock))
            with anyio.move_on_after(0.01):
                delivery = await anext(deliveries)
                await delivery.ack()
                numbers.append(clock.monotonic())

    assert numbers == [0.0, pytest.approx(300.1)]


def test_intervals_pass_at_once_in_a_simulation() -> None:
    async def run() -> list[float]:
        clock = _Simulated()
        async with (
            open_memory_bus(clock) as bus,
            bus.subscriber.receive(Destination.ORDER_TASKS) as deliveries,
        ):
            await bus.publisher.publish(Destination.ORDER_TASKS, _verification(clock))
            began = trio.current_time()
            # The delay, then the visibility of a delivery that nobody settles.
            arrivals: list[float] = []
            for _ in range(2):
                await anext(deliveries)
                arrivals.append(trio.current_time() - began)
            return arrivals

    found = trio.run(run, clock=trio.testing.MockClock(autojump_threshold=0))

    assert found == [pytest.approx(30.0), pytest.approx(210.0)]


def _verification(clock: Clock) -> Envelope:
    message = VerifyOrder(
        user_id=UserId(uuid4()), order_id=OrderId(uuid4()), account_id=AccountId(uuid4()), attempt=1
    )
    return seal(message, clock=clock, dedup_id="same")
