"""What a queue sets aside, and how it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.contract.bus.letters import (
    LANE,
    a_lane,
    a_letter,
    ms,
    run_out,
    taken,
    text_of,
)

if TYPE_CHECKING:
    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio


async def test_a_late_dead_letter_has_no_effect(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        late = await taken(deliveries)
        await run_out(late)
        await late.dead_letter("too late")

        assert not await bus.dead_letters.dead(LANE, limit=10)


async def test_the_last_attempt_leaves_a_dead_letter_with_its_reason(transport: Transport) -> None:
    lanes = a_lane(max_attempts=3)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        letter = a_letter()
        await bus.publisher.publish(LANE, letter)
        for attempt in (1, 2, 3):
            await (await taken(deliveries)).retry(ms(0), f"failure {attempt}")
        (dead,) = await bus.dead_letters.dead(LANE, limit=10)

        assert (dead.id, dead.reason, dead.attempts, dead.destination) == (
            letter.id,
            "attempts_exhausted: failure 3",
            3,
            LANE,
        )


async def test_running_out_three_times_leaves_a_dead_letter(transport: Transport) -> None:
    lanes = a_lane(visibility_ms=transport.at_least(60), max_attempts=3)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("poison", group="g"), a_letter("b", group="g"))
        for _ in range(3):
            await taken(deliveries)
        following = await taken(deliveries)
        (dead,) = await bus.dead_letters.dead(LANE, limit=10)

        assert text_of(following.envelope) == "b"
        assert (text_of(dead.envelope), dead.reason) == ("poison", "attempts_exhausted")


async def test_a_dead_letter_lets_its_group_go_on(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        await (await taken(deliveries)).dead_letter("no use")

        assert text_of((await taken(deliveries)).envelope) == "b"


async def test_dead_letters_are_read_newest_first(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        for text in "abc":
            await bus.publisher.publish(LANE, a_letter(text))
            await (await taken(deliveries)).dead_letter("no use")
            # Their times are in milliseconds.
            await anyio.sleep(0.002)
        newest = await bus.dead_letters.dead(LANE, limit=2)

        assert [text_of(dead.envelope) for dead in newest] == ["c", "b"]


async def test_a_discarded_dead_letter_is_gone(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        letter = a_letter()
        await bus.publisher.publish(LANE, letter)
        await (await taken(deliveries)).dead_letter("no use")

        assert await bus.dead_letters.discard(LANE, letter.id)
        assert not await bus.dead_letters.discard(LANE, letter.id)
        assert not await bus.dead_letters.dead(LANE, limit=10)
