"""Saying a set-aside message again: what it would do, and that it is wanted anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bus.base import Destination
from bus.envelope import as_ns, seal
from bus.ids import uuid7
from bus.messages import Finding, HealOrphan, KeepPool, StartWorker, StopWorker, VerifyOrder
from bus.values import HOUSE, OrderState
from handlers.control.dead_letters import NowItWould, all_letters, now_it_would, replay
from tests.unit.handlers.control.control_places import Place, a_place

if TYPE_CHECKING:
    from bus.base import DeadLetter
    from bus.messages import Message
    from tests.contract.store.house import Trader

pytestmark = pytest.mark.anyio


async def would(place: Place, message: Message) -> NowItWould:
    envelope = seal(message, clock=place.clock, dedup_id="x")
    return await now_it_would(envelope, place.services.store)


def a_start(place: Place, trader: Trader) -> StartWorker:
    deadline = place.clock.now() + timedelta(seconds=60)
    return StartWorker(user_id=trader.user, cause=None, deadline=deadline)


async def bury(place: Place, message: Message) -> DeadLetter:
    envelope = seal(message, clock=place.clock, dedup_id=uuid7().hex)
    await place.bus.publisher.publish(Destination.WORKER_CONTROL, envelope)
    async with place.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
        await (await anext(deliveries)).dead_letter("test")
    [letter] = await all_letters(place.bus.dead_letters)
    return letter


@pytest.mark.parametrize("is_served", [True, False])
async def test_a_worker_is_started_or_stopped_only_where_that_changes_something(
    *, is_served: bool
) -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        if not is_served:
            await place.services.store.leases.release(trader.lease)

        started = await would(place, a_start(place, trader))
        stopped = await would(place, StopWorker(user_id=trader.user, reason=""))

        nothing = NowItWould.NOTHING
        expected = (nothing, NowItWould.STOP_WORKER)
        assert (started, stopped) == (expected if is_served else (NowItWould.START_WORKER, nothing))


@pytest.mark.parametrize("state", [OrderState.ACCEPTED, OrderState.FILLED])
async def test_an_order_is_looked_up_unless_it_is_over(state: OrderState) -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), state)
        look = VerifyOrder(
            user_id=order.user_id, order_id=order.id, account_id=order.account_id, attempt=1
        )

        is_over = state is OrderState.FILLED
        expected = NowItWould.NOTHING if is_over else NowItWould.LOOK_ORDER_UP
        assert await would(place, look) is expected


async def test_the_houses_own_messages_say_what_they_would_do() -> None:
    async with a_place() as place:
        heal = HealOrphan(user_id=HOUSE, finding=Finding.EXPIRED_POOL_MEMBER)

        assert await would(place, heal) is NowItWould.LOOK_AND_HEAL
        assert await would(place, KeepPool(user_id=HOUSE)) is NowItWould.KEEP_POOL


async def test_what_nobody_can_read_would_do_nothing() -> None:
    async with a_place() as place:
        assert await now_it_would(None, place.services.store) is NowItWould.NOTHING


async def test_a_worker_that_came_too_late_is_wanted_anew() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        letter = await bury(place, a_start(place, trader))
        await place.later(3600)
        assert letter.envelope is not None

        await replay(
            letter,
            letter.envelope,
            publisher=place.bus.publisher,
            dead_letters=place.bus.dead_letters,
            clock=place.clock,
        )

        async with place.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            again = (await anext(deliveries)).envelope
        assert isinstance(again.message, StartWorker)
        assert again.message.deadline > place.clock.now()
        assert again.deadline_ns == as_ns(again.message.deadline)
        assert await all_letters(place.bus.dead_letters) == []


async def test_a_letter_said_again_twice_is_delivered_once() -> None:
    async with a_place() as place:
        letter = await bury(place, a_start(place, await place.house.trader()))
        assert letter.envelope is not None
        for _ in range(2):
            await replay(
                letter,
                letter.envelope,
                publisher=place.bus.publisher,
                dead_letters=place.bus.dead_letters,
                clock=place.clock,
            )

        async with place.bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            await (await anext(deliveries)).ack()
            await bury(place, a_start(place, await place.house.trader()))
        [other] = await all_letters(place.bus.dead_letters)
        assert other.id != letter.id
