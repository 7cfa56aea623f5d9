"""What a queue says it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.base import Depth, Destination
from bus.errors import UnroutableError
from tests.contract.bus.letters import LANE, a_lane, a_letter, ms, run_out, taken

if TYPE_CHECKING:
    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio


async def test_a_queue_counts_what_waits_is_in_hand_and_was_set_aside(
    transport: Transport,
) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, *(a_letter(group="g") for _ in range(3)), a_letter())
        await (await taken(deliveries)).dead_letter("no use")
        await taken(deliveries)

        assert await bus.depths.depth(LANE) == Depth(waiting=2, in_flight=1, dead=1)


async def test_an_empty_queue_counts_nothing_however_it_was_emptied(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        nothing = Depth(waiting=0, in_flight=0, dead=0)
        assert await bus.depths.depth(LANE) == nothing

        letters = [a_letter(), a_letter()]
        await bus.publisher.publish(LANE, *letters)
        await (await taken(deliveries)).ack()
        buried = await taken(deliveries)
        await buried.dead_letter("no use")
        await bus.dead_letters.discard(LANE, buried.envelope.id)

        assert await bus.depths.depth(LANE) == nothing


async def test_what_is_held_back_waits(transport: Transport) -> None:
    async with transport.open(a_lane(delay_ms=60_000)) as bus:
        await bus.publisher.publish(LANE, a_letter())

        assert await bus.depths.depth(LANE) == Depth(waiting=1, in_flight=0, dead=0)


async def test_what_ran_out_waits_again(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        await run_out(await taken(deliveries))

        assert await bus.depths.depth(LANE) == Depth(waiting=1, in_flight=0, dead=0)


async def test_what_was_given_back_for_later_is_held(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        await (await taken(deliveries)).retry(ms(60_000))
        depth = await bus.depths.depth(LANE)

        assert (depth.waiting + depth.in_flight, depth.dead) == (1, 0)


async def test_a_repetition_is_not_counted(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus:
        letter = a_letter(group="g", dedup_id="once")
        await bus.publisher.publish(LANE, letter)
        await bus.publisher.publish(LANE, letter)

        assert (await bus.depths.depth(LANE)).waiting == 1


async def test_orders_are_no_queue_that_counts(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus:
        with pytest.raises(UnroutableError):
            await bus.depths.depth(Destination.ORDERS)
