"""Any sequence of what publishers and consumers may do, against the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.bus.letters import LANE, a_lane, a_letter, ms, nothing_comes, run_out, taken
from tests.contract.bus.model import MAX_ATTEMPTS, Copy, Model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bus.base import Delivery
    from bus.bundle import Bus
    from tests.contract.bus.transports import Transport

_GROUPS = st.sampled_from(["g", "h", "i"])
_LETTERS = st.tuples(_GROUPS, st.none() | st.sampled_from(["x", "y"]))
_WHICH = st.integers(0, 9)

_STEPS = st.one_of(
    st.tuples(st.just("publish"), st.lists(_LETTERS, min_size=1, max_size=4)),
    st.tuples(st.just("take"), st.integers(0, 1)),
    st.tuples(st.sampled_from(["ack", "run_out", "bury", "retry", "put_off"]), _WHICH),
)


class _Play:
    """Does each step at the transport and in the model, and compares."""

    def __init__(
        self, bus: Bus, consumers: list[AsyncIterator[Delivery]], *, a_moment: float
    ) -> None:
        self._bus = bus
        self._consumers = consumers
        self._a_moment = a_moment
        self._model = Model(bus.capabilities[LANE])
        self._copies: list[Copy] = []

    async def step(self, verb: str, detail: int | list[tuple[str, str | None]]) -> None:
        if isinstance(detail, list):
            await self._publish(detail)
        elif verb == "take":
            await self._take(self._consumers[detail])
        elif self._copies:
            await self._settle(verb, self._copies[-1 - detail % len(self._copies)])

    async def end(self) -> None:
        """Work off all that can be had, then compare what was set aside."""
        while self._model.available():
            await self._take(self._consumers[0])
            await self._settle("ack", self._copies[-1])
        assert await nothing_comes(self._consumers[0], self._a_moment)
        self._model.assert_dead(list(await self._bus.dead_letters.dead(LANE, limit=100)))

    async def _publish(self, contents: list[tuple[str, str | None]]) -> None:
        letters = [a_letter(group=group, dedup_id=dedup_id) for group, dedup_id in contents]
        await self._bus.publisher.publish(LANE, *letters)
        for letter in letters:
            self._model.publish(letter)

    async def _take(self, consumer: AsyncIterator[Delivery]) -> None:
        if self._model.available():
            self._copies.append(self._model.take(await taken(consumer)))
        else:
            assert await nothing_comes(consumer, 0.01)

    async def _settle(self, verb: str, copy: Copy) -> None:
        delivery = copy.delivery
        match verb:
            case "ack":
                await delivery.ack()
                self._model.ack(copy)
            case "bury":
                await delivery.dead_letter("no use")
                self._model.bury(copy, "no use")
            case "retry":
                await delivery.retry(ms(0), "again")
                self._model.give_back(copy, reason="again")
            case "put_off":
                await delivery.retry(ms(60_000), "later")
                self._model.give_back(copy, reason="later", for_long=True)
            case _:
                await run_out(delivery)
                self._model.give_back(copy)


@pytest.mark.timeout(60)
def test_a_queue_behaves_like_its_model(transport: Transport) -> None:
    @settings(max_examples=transport.examples, deadline=None)
    @given(steps=st.lists(_STEPS, max_size=30))
    def holds(steps: list[tuple[str, int | list[tuple[str, str | None]]]]) -> None:
        transport.reset()
        anyio.run(_play, transport, steps, backend=transport.backend)

    holds()


async def _play(
    transport: Transport, steps: list[tuple[str, int | list[tuple[str, str | None]]]]
) -> None:
    async with (
        transport.open(a_lane(max_attempts=MAX_ATTEMPTS)) as bus,
        bus.subscriber.receive(LANE) as one,
        bus.subscriber.receive(LANE) as other,
    ):
        played = _Play(bus, [one, other], a_moment=transport.a_moment)
        for verb, detail in steps:
            await played.step(verb, detail)
        await played.end()
