"""What a broadcast promises: little, but that it says when something was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.contract.bus.letters import A_MOMENT, PATIENCE
from tests.contract.bus.transports import NO_LANES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio

_TOPIC = "events:{u}"


async def test_every_listener_hears_what_is_announced(transport: Transport) -> None:
    async with (
        transport.open(NO_LANES) as bus,
        bus.broadcast.listen(_TOPIC) as one,
        bus.broadcast.listen(_TOPIC) as other,
    ):
        await bus.broadcast.announce(_TOPIC, b"\x00a\xff")
        await bus.broadcast.announce(_TOPIC, b"b")

        assert [await _next(one) for _ in "ab"] == [b"\x00a\xff", b"b"]
        assert [await _next(other) for _ in "ab"] == [b"\x00a\xff", b"b"]


async def test_several_topics_are_told_at_once(transport: Transport) -> None:
    async with (
        transport.open(NO_LANES) as bus,
        bus.broadcast.listen(_TOPIC) as one,
        bus.broadcast.listen("events:{v}") as other,
        bus.broadcast.listen("events:{w}") as third,
    ):
        await bus.broadcast.announce(_TOPIC, b"a", "events:{v}")

        assert [await _next(one), await _next(other)] == [b"a", b"a"]
        assert await _nothing_comes(third)


async def test_announcing_to_nobody_is_fine(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        await bus.broadcast.announce(_TOPIC, b"a")


async def test_what_was_announced_before_is_not_heard(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        await bus.broadcast.announce(_TOPIC, b"before")
        async with bus.broadcast.listen(_TOPIC) as heard:
            await bus.broadcast.announce(_TOPIC, b"after")

            assert await _next(heard) == b"after"


async def test_topics_are_heard_apart(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus, bus.broadcast.listen(_TOPIC) as heard:
        await bus.broadcast.announce("events:{v}", b"other")

        assert await _nothing_comes(heard)


async def test_a_listener_that_stopped_waiting_still_hears(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus, bus.broadcast.listen(_TOPIC) as heard:
        assert await _nothing_comes(heard)
        await bus.broadcast.announce(_TOPIC, b"a")

        assert await _next(heard) == b"a"


async def test_one_leaving_does_not_deafen_the_other(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus, bus.broadcast.listen(_TOPIC) as heard:
        async with bus.broadcast.listen(_TOPIC):
            pass
        await bus.broadcast.announce(_TOPIC, b"a")

        assert await _next(heard) == b"a"


async def test_listening_again_after_leaving_hears_again(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        async with bus.broadcast.listen(_TOPIC):
            pass
        async with bus.broadcast.listen(_TOPIC) as heard:
            await bus.broadcast.announce(_TOPIC, b"a")

            assert await _next(heard) == b"a"


async def test_a_listener_that_is_too_slow_is_told_that_it_missed_something(
    transport: Transport,
) -> None:
    async with (
        transport.open(NO_LANES) as bus,
        bus.broadcast.listen(_TOPIC) as slow,
        bus.broadcast.listen("end") as end,
    ):
        for number in range(1, 1026):
            await bus.broadcast.announce(_TOPIC, str(number).encode())
        await bus.broadcast.announce("end", b"end")
        await _next(end)

        assert await _next(slow) == b""


async def _next(heard: AsyncIterator[bytes]) -> bytes:
    with anyio.fail_after(PATIENCE):
        return await anext(heard)


async def _nothing_comes(heard: AsyncIterator[bytes]) -> bool:
    with anyio.move_on_after(A_MOMENT):
        await anext(heard)
        return False
    return True
