"""A venue that misbehaves within one process, as simulations use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import NotFound, Unknown
from broker_adapters.paper.memory import MemoryVenue
from bus.values import SystemClock
from infra.local.doubles.hostile_venue import HostileVenue
from infra.local.doubles.hostility import Fate, Fates, Hostility
from tests.contract.broker_adapters.trader import Place, trading

if TYPE_CHECKING:
    from broker_adapters.paper.questions import AnyQuestion

pytestmark = pytest.mark.anyio


async def _never() -> None:
    """Nobody ends the day here."""


def a_place(hostility: Hostility, journal: list[tuple[str, Fate]]) -> Place:
    async def receive(question: AnyQuestion, fate: Fate) -> None:
        journal.append((type(question).__name__, fate))

    clock, fates = SystemClock(), Fates(1)
    fates.set(hostility, "submit")
    venue = HostileVenue(MemoryVenue(clock), fates, receive=receive)
    return Place(venue=venue, clock=clock, end_the_day=_never)


async def test_order_swallowed_after_it_was_done_is_found() -> None:
    async with trading(a_place(Hostility(swallow_after=1), [])) as trader:
        request = trader.request()

        assert isinstance(await trader.submit(request), Unknown)
        assert (await trader.found(request)).filled_quantity == 1


async def test_order_swallowed_before_it_was_done_is_not_found() -> None:
    async with trading(a_place(Hostility(swallow_before=1), [])) as trader:
        request = trader.request()

        assert isinstance(await trader.submit(request), Unknown)
        assert await trader.broker.find(trader.ref(request)) == NotFound()


@pytest.mark.parametrize(
    "how", [Hostility(late_share=1), Hostility(held_share=1)], ids=["late", "held"]
)
async def test_slow_answer_is_an_answer(how: Hostility) -> None:
    async with trading(a_place(how, [])) as trader:
        assert (await trader.placed()).filled_quantity == 1


async def test_every_question_is_written_down_with_its_fate() -> None:
    journal: list[tuple[str, Fate]] = []
    async with trading(a_place(Hostility(swallow_before=1), journal)) as trader:
        await trader.submit()

    assert journal == [("OpenAccount", Fate.HONEST), ("Submit", Fate.SWALLOWED_BEFORE)]
