"""What a listener leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.base import SessionLost
from worker_runtime.events import ended

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.base import BrokerEvent

pytestmark = pytest.mark.anyio


async def test_a_stream_ends_with_its_reader_in_the_midst_of_an_event() -> None:
    said: list[str] = []

    async def events() -> AsyncGenerator[BrokerEvent]:
        try:
            while True:
                yield SessionLost(why="moved")
        finally:
            said.append("ended")

    with anyio.move_on_after(0.01):
        async with ended(events()) as heard:
            async for _ in heard:
                await anyio.sleep_forever()

    assert said == ["ended"]
