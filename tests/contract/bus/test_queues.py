"""The FIFO contract of a queue, case by case: order, visibility, dedup, delay."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.base import Destination
from bus.errors import UnroutableError
from tests.contract.bus.letters import (
    LANE,
    a_lane,
    a_letter,
    ms,
    nothing_comes,
    run_out,
    taken,
    text_of,
)

if TYPE_CHECKING:
    from tests.contract.bus.transports import Lanes, Transport

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

        assert await nothing_comes(deliveries, transport.a_moment)


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
    visibility_ms = transport.at_least(100)
    lanes = a_lane(visibility_ms=visibility_ms)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        first = await taken(deliveries)
        began = monotonic()
        second = await taken(deliveries)

        assert (first.attempt, second.attempt, second.envelope.attempt) == (1, 2, 2)
        assert monotonic() - began >= 0.9 * visibility_ms / 1000


async def test_a_delivery_says_whether_it_is_the_last(transport: Transport) -> None:
    said: list[bool] = []
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        for _ in range(3):
            delivery = await taken(deliveries)
            said.append(delivery.is_last)
            await delivery.retry(ms(0))

        assert said == [False, False, True]


async def test_an_acknowledged_delivery_never_comes_again(transport: Transport) -> None:
    visibility_ms = transport.at_least(60)
    lanes = a_lane(visibility_ms=visibility_ms)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        await (await taken(deliveries)).ack()

        assert await nothing_comes(deliveries, visibility_ms / 1000 + 0.15)


async def test_a_late_ack_does_not_touch_the_copy_of_another(transport: Transport) -> None:
    lanes = a_lane(visibility_ms=transport.at_least(60))
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
        await run_out(late)
        await late.ack()

        assert (await taken(deliveries)).attempt == 2


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
        assert monotonic() - began >= 0.9 * transport.at_least(100) / 1000


async def test_a_retried_delivery_keeps_its_group_waiting(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        await (await taken(deliveries)).retry(ms(60))

        assert text_of((await taken(deliveries)).envelope) == "a"


async def test_an_extended_delivery_stays_in_hand(transport: Transport) -> None:
    visibility_ms = transport.at_least(100)
    lanes = a_lane(visibility_ms=visibility_ms)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        await (await taken(deliveries)).extend(ms(60_000))

        assert await nothing_comes(deliveries, visibility_ms / 1000 + 0.15)


async def test_a_dedup_id_is_delivered_once(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g", dedup_id="same"))
        await bus.publisher.publish(LANE, a_letter("b", group="g", dedup_id="same"))

        assert text_of((await taken(deliveries)).envelope) == "a"
        assert await nothing_comes(deliveries, transport.a_moment)


async def test_a_dedup_id_counts_for_all_groups_or_for_its_own(transport: Transport) -> None:
    texts: list[str] = []
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g", dedup_id="same"))
        await bus.publisher.publish(LANE, a_letter("b", group="h", dedup_id="same"))
        texts.append(text_of((await taken(deliveries)).envelope))
        if not bus.capabilities[LANE].deduplicates_across_groups:
            texts.append(text_of((await taken(deliveries)).envelope))

        assert sorted(texts) in (["a"], ["a", "b"])
        assert await nothing_comes(deliveries, transport.a_moment)


async def test_a_dedup_id_is_remembered_after_its_ack(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter(group="g", dedup_id="same"))
        await (await taken(deliveries)).ack()
        await bus.publisher.publish(LANE, a_letter(group="g", dedup_id="same"))

        assert await nothing_comes(deliveries, transport.a_moment)


async def test_a_dedup_id_is_forgotten_after_its_window(transport: Transport) -> None:
    lanes = a_lane(dedup_window_ms=80)
    if transport.has_fixed_dedup_window:
        await _assert_refused(transport, lanes)
        return
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g", dedup_id="same"))
        await (await taken(deliveries)).ack()
        await anyio.sleep(0.09)
        await bus.publisher.publish(LANE, a_letter("b", group="g", dedup_id="same"))

        assert text_of((await taken(deliveries)).envelope) == "b"


async def test_a_repetition_does_not_prolong_the_window(transport: Transport) -> None:
    lanes = a_lane(dedup_window_ms=300)
    if transport.has_fixed_dedup_window:
        await _assert_refused(transport, lanes)
        return
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter("a", group="g", dedup_id="same"))
        await (await taken(deliveries)).ack()
        await anyio.sleep(0.15)
        await bus.publisher.publish(LANE, a_letter("b", group="g", dedup_id="same"))
        await anyio.sleep(0.16)
        await bus.publisher.publish(LANE, a_letter("c", group="g", dedup_id="same"))

        assert text_of((await taken(deliveries)).envelope) == "c"


async def test_a_delayed_queue_holds_every_message_back(transport: Transport) -> None:
    delay_ms = transport.at_least(150)
    lanes = a_lane(delay_ms=delay_ms)
    async with transport.open(lanes) as bus, bus.subscriber.receive(LANE) as deliveries:
        began = monotonic()
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        for text in "ab":
            delivery = await taken(deliveries)
            assert text_of(delivery.envelope) == text
            assert monotonic() - began >= 0.9 * delay_ms / 1000
            await delivery.ack()


async def test_destinations_know_nothing_of_each_other(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(Destination.MAINTENANCE, a_letter())

        assert await nothing_comes(deliveries, transport.a_moment)


async def test_orders_cannot_be_received_as_a_queue(transport: Transport) -> None:
    async with transport.open(a_lane()) as bus:
        with pytest.raises(UnroutableError):
            async with bus.subscriber.receive(Destination.ORDERS):
                pass


async def _assert_refused(transport: Transport, lanes: Lanes) -> None:
    """A transport that cannot keep a rule says so when it is opened, and never by keeping less."""
    with pytest.raises(ValueError, match="300 s"):
        async with transport.open(lanes):
            pass
