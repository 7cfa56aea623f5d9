"""Several consumers of one queue: who waits, who is woken, who leaves."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.contract.bus.letters import (
    LANE,
    PATIENCE,
    a_lane,
    a_letter,
    ms,
    nothing_comes,
    taken,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bus.base import Delivery, Publisher, Subscriber
    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio


async def test_two_consumers_share_the_work(transport: Transport) -> None:
    handled: defaultdict[str, list[int]] = defaultdict(list)
    names = [f"g{number}" for number in range(8)]
    async with transport.open(a_lane()) as bus:
        for number in range(10):
            letters = (a_letter(str(number), group=name) for name in names)
            await bus.publisher.publish(LANE, *letters)

        async with anyio.create_task_group() as tasks:
            tasks.cancel_scope.deadline = anyio.current_time() + PATIENCE
            for _ in "ab":
                tasks.start_soon(_consume, bus.subscriber, handled, tasks.cancel_scope)

        assert handled == {name: list(range(10)) for name in names}


async def test_a_waiting_consumer_is_woken_at_once(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        waits = await _waits_of([deliveries], bus.publisher)

    # Far below the longest wait of a consumer that nobody wakes.
    assert max(waits) < 0.3 + transport.a_moment


async def test_all_waiting_consumers_are_woken_by_one_publish(transport: Transport) -> None:
    async with (
        transport.open(a_lane()) as bus,
        bus.subscriber.receive(LANE) as one,
        bus.subscriber.receive(LANE) as other,
    ):
        waits = await _waits_of([one, other], bus.publisher)

    assert max(waits) < 0.3 + transport.a_moment


@pytest.mark.parametrize("verb", ["ack", "retry", "dead_letter", "run out"])
async def test_a_consumer_that_waits_already_gets_what_another_lets_go(
    transport: Transport, verb: str
) -> None:
    began = 0.0
    arrived: list[float] = []
    async with (
        transport.open(a_lane(visibility_ms=60_000)) as bus,
        bus.subscriber.receive(LANE) as one,
        bus.subscriber.receive(LANE) as other,
    ):
        await bus.publisher.publish(LANE, a_letter(group="g"), a_letter(group="g"))
        held = await taken(one)

        async def wait() -> None:
            await taken(other)
            arrived.append(monotonic())

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.sleep(0.1)
            began = monotonic()
            match verb:
                case "ack":
                    await held.ack()
                case "retry":
                    await held.retry(ms(50))
                case "dead_letter":
                    await held.dead_letter("no use")
                case _:
                    await held.extend(ms(50))

    # Far below the longest wait of a consumer that nobody wakes.
    assert arrived[0] - began < 0.35 + transport.at_least(50) / 1000


async def test_a_consumer_that_waited_before_gets_what_another_lets_run_out(
    transport: Transport,
) -> None:
    attempts: list[int] = []
    async with (
        transport.open(a_lane(visibility_ms=transport.at_least(200))) as bus,
        bus.subscriber.receive(LANE) as one,
        bus.subscriber.receive(LANE) as other,
    ):

        async def take(deliveries: AsyncIterator[Delivery]) -> None:
            attempts.append((await taken(deliveries)).attempt)

        with anyio.fail_after(3.0):
            async with anyio.create_task_group() as tasks:
                for deliveries in (one, other):
                    tasks.start_soon(take, deliveries)
                    await anyio.sleep(0.05)
                await bus.publisher.publish(LANE, a_letter())

    assert attempts == [1, 2]


async def test_a_message_is_not_lost_on_a_consumer_that_stopped_waiting(
    transport: Transport,
) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        assert await nothing_comes(deliveries, transport.a_moment)
        await bus.publisher.publish(LANE, a_letter())
        # Whatever it asked for before it stopped is answered by now.
        await anyio.sleep(transport.a_moment)

        assert (await taken(deliveries)).attempt == 1


async def test_a_message_is_not_lost_on_a_consumer_that_left_while_waiting(
    transport: Transport,
) -> None:
    async with transport.open(a_lane()) as bus:
        async with bus.subscriber.receive(LANE) as leaving:
            assert await nothing_comes(leaving, transport.a_moment)
            await bus.publisher.publish(LANE, a_letter())
        async with bus.subscriber.receive(LANE) as deliveries:
            assert (await taken(deliveries)).attempt == 1


async def test_what_a_consumer_that_left_held_comes_to_another(transport: Transport) -> None:
    async with transport.open(a_lane(visibility_ms=transport.at_least(100))) as bus:
        await bus.publisher.publish(LANE, a_letter())
        async with bus.subscriber.receive(LANE) as leaving:
            await taken(leaving)
        async with bus.subscriber.receive(LANE) as deliveries:
            assert (await taken(deliveries)).attempt == 2


async def _waits_of(
    consumers: Sequence[AsyncIterator[Delivery]], publisher: Publisher
) -> list[float]:
    """Publish one message for each of several waiting consumers; return how long each took."""
    arrived: list[float] = []

    async def wait(deliveries: AsyncIterator[Delivery]) -> None:
        await taken(deliveries)
        arrived.append(monotonic())

    began = monotonic()
    async with anyio.create_task_group() as tasks:
        for deliveries in consumers:
            tasks.start_soon(wait, deliveries)
        await anyio.sleep(0.1)
        began = monotonic()
        await publisher.publish(LANE, *(a_letter() for _ in consumers))
    return [instant - began for instant in arrived]


async def _consume(
    subscriber: Subscriber, handled: defaultdict[str, list[int]], done: anyio.CancelScope
) -> None:
    async with subscriber.receive(LANE) as deliveries:
        async for delivery in deliveries:
            handled[delivery.envelope.group].append(int(text_of(delivery.envelope)))
            await delivery.ack()
            if sum(map(len, handled.values())) == 80:
                done.cancel()
