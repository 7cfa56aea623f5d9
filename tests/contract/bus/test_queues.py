"""The FIFO contract of a queue, case by case."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.base import Destination
from bus.errors import UnroutableError
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


async def test_messages_of_a_group_come_in_order(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        for text in "abcd":
            await bus.publisher.publish(LANE, a_letter(text, group="g"))

        texts: list[str] = []
        for _ in "abcd":
            delivery = await taken(deliveries)
            texts.append(text_of(delivery.envelope))
            await delivery.ack()

        assert texts == ["a", "b", "c", "d"]


async def test_envelopes_published_together_keep_their_order(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, *(a_letter(text, group="g") for text in "abc"))

        texts: list[str] = []
        for _ in "abc":
            delivery = await taken(deliveries)
            texts.append(text_of(delivery.envelope))
            await delivery.ack()

        assert texts == ["a", "b", "c"]


async def test_an_envelope_arrives_as_it_was_sent(transport: Transport) -> None:
    letter = a_letter("näïve 漢字 \0", group="g")
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, letter)

        assert (await taken(deliveries)).envelope == letter


async def test_nothing_comes_from_a_group_with_one_in_flight(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter(group="g"), a_letter(group="g"))
        await taken(deliveries)

        assert await nothing_comes(deliveries)


async def test_a_group_in_flight_does_not_hold_up_another(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(
            LANE, a_letter(group="g"), a_letter(group="g"), a_letter("other", group="h")
        )
        await taken(deliveries)

        assert text_of((await taken(deliveries)).envelope) == "other"


async def test_an_unordered_queue_holds_nothing_up(transport: Transport) -> None:
    lanes = a_lane(is_fifo=False)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))

        texts = {text_of((await taken(deliveries)).envelope) for _ in "ab"}

        assert texts == {"a", "b"}


async def test_an_unsettled_delivery_comes_again_after_its_visibility(transport: Transport) -> None:
    lanes = a_lane(visibility_ms=100)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        first = await taken(deliveries)
        began = monotonic()
        second = await taken(deliveries)

        assert (first.attempt, second.attempt, second.envelope.attempt) == (1, 2, 2)
        assert monotonic() - began >= 0.09


async def test_an_acknowledged_delivery_never_comes_again(transport: Transport) -> None:
    lanes = a_lane(visibility_ms=60)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        await (await taken(deliveries)).ack()

        assert await nothing_comes(deliveries, 0.2)


async def test_a_late_ack_does_not_touch_the_copy_of_another(transport: Transport) -> None:
    lanes = a_lane(visibility_ms=60)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        late = await taken(deliveries)
        await taken(deliveries)
        await late.ack()

        assert (await taken(deliveries)).attempt == 3


async def test_a_late_ack_has_no_effect_before_anybody_else_took_it(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        late = await taken(deliveries)
        await _run_out(late)
        await late.ack()

        assert (await taken(deliveries)).attempt == 2


async def test_a_late_dead_letter_has_no_effect(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        late = await taken(deliveries)
        await _run_out(late)
        await late.dead_letter("too late")

        assert not await bus.dead_letters.dead(LANE, limit=10)


async def test_settling_twice_has_no_effect(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        first = await taken(deliveries)
        await first.ack()
        await first.ack()

        assert text_of((await taken(deliveries)).envelope) == "b"


async def test_a_retried_delivery_comes_again_after_its_time(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        first = await taken(deliveries)
        began = monotonic()
        await first.retry(ms(100))

        assert (await taken(deliveries)).attempt == 2
        assert monotonic() - began >= 0.09


async def test_a_retried_delivery_keeps_its_group_waiting(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        await (await taken(deliveries)).retry(ms(60))

        assert text_of((await taken(deliveries)).envelope) == "a"


async def test_an_extended_delivery_stays_in_hand(transport: Transport) -> None:
    lanes = a_lane(visibility_ms=100)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        await (await taken(deliveries)).extend(ms(60_000))

        assert await nothing_comes(deliveries, 0.25)


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
    lanes = a_lane(visibility_ms=60, max_attempts=3)
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


async def test_a_dedup_id_is_delivered_once(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", dedup_id="same"))
        await bus.publisher.publish(LANE, a_letter("b", dedup_id="same"))

        assert text_of((await taken(deliveries)).envelope) == "a"
        assert await nothing_comes(deliveries)


async def test_a_dedup_id_is_remembered_after_its_ack(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter(dedup_id="same"))
        await (await taken(deliveries)).ack()
        await bus.publisher.publish(LANE, a_letter(dedup_id="same"))

        assert await nothing_comes(deliveries)


async def test_a_dedup_id_is_forgotten_after_its_window(transport: Transport) -> None:
    lanes = a_lane(dedup_window_ms=80)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", dedup_id="same"))
        await (await taken(deliveries)).ack()
        await anyio.sleep(0.09)
        await bus.publisher.publish(LANE, a_letter("b", dedup_id="same"))

        assert text_of((await taken(deliveries)).envelope) == "b"


async def test_a_repetition_does_not_prolong_the_window(transport: Transport) -> None:
    lanes = a_lane(dedup_window_ms=300)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", dedup_id="same"))
        await (await taken(deliveries)).ack()
        await anyio.sleep(0.15)
        await bus.publisher.publish(LANE, a_letter("b", dedup_id="same"))
        await anyio.sleep(0.16)
        await bus.publisher.publish(LANE, a_letter("c", dedup_id="same"))

        assert text_of((await taken(deliveries)).envelope) == "c"


async def test_a_delayed_queue_holds_every_message_back(transport: Transport) -> None:
    lanes = a_lane(delay_ms=150)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        began = monotonic()
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        for text in "ab":
            delivery = await taken(deliveries)
            assert text_of(delivery.envelope) == text
            assert monotonic() - began >= 0.14
            await delivery.ack()


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
    assert max(waits) < 0.3


async def test_all_waiting_consumers_are_woken_by_one_publish(transport: Transport) -> None:
    async with (
        transport.open(a_lane()) as bus,
        bus.subscriber.receive(LANE) as one,
        bus.subscriber.receive(LANE) as other,
    ):
        waits = await _waits_of([one, other], bus.publisher)

    assert max(waits) < 0.3


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
    assert arrived[0] - began < 0.4


async def test_a_consumer_that_waited_before_gets_what_another_lets_run_out(
    transport: Transport,
) -> None:
    attempts: list[int] = []
    async with (
        transport.open(a_lane(visibility_ms=200)) as bus,
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
        assert await nothing_comes(deliveries)
        await bus.publisher.publish(LANE, a_letter())

        assert (await taken(deliveries)).attempt == 1


async def test_a_message_is_not_lost_on_a_consumer_that_left_while_waiting(
    transport: Transport,
) -> None:
    async with transport.open(a_lane()) as bus:
        async with bus.subscriber.receive(LANE) as leaving:
            assert await nothing_comes(leaving)
            await bus.publisher.publish(LANE, a_letter())
        async with bus.subscriber.receive(LANE) as deliveries:
            assert (await taken(deliveries)).attempt == 1


async def test_what_a_consumer_that_left_held_comes_to_another(transport: Transport) -> None:
    async with transport.open(a_lane(visibility_ms=100)) as bus:
        await bus.publisher.publish(LANE, a_letter())
        async with bus.subscriber.receive(LANE) as leaving:
            await taken(leaving)
        async with bus.subscriber.receive(LANE) as deliveries:
            assert (await taken(deliveries)).attempt == 2


async def test_destinations_know_nothing_of_each_other(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(Destination.MAINTENANCE, a_letter())

        assert await nothing_comes(deliveries)


async def test_orders_cannot_be_received_as_a_queue(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus:
        with pytest.raises(UnroutableError):
            async with bus.subscriber.receive(Destination.ORDERS):
                pass


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


async def _run_out(delivery: Delivery) -> None:
    await delivery.extend(ms(1))
    await anyio.sleep(0.005)


async def _consume(
    subscriber: Subscriber, handled: defaultdict[str, list[int]], done: anyio.CancelScope
) -> None:
    async with subscriber.receive(LANE) as deliveries:
        async for delivery in deliveries:
            handled[delivery.envelope.group].append(int(text_of(delivery.envelope)))
            await delivery.ack()
            if sum(map(len, handled.values())) == 80:
                done.cancel()
