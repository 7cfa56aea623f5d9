"""What a listener leaves behind."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from broker_adapters.base import SessionLost
from bus.topics import events_topic
from tests.contract.store.house import a_fill
from tests.unit.worker_runtime.gated_broker import report_of_order
from tests.unit.worker_runtime.world import a_world
from worker_runtime.drain import Drain
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


async def test_execution_that_nobody_listened_to_is_looked_up_by_the_next_worker() -> None:
    async with a_world() as world:
        account = await world.add_account()
        async with world.served():
            order = await world.until(await world.record(account))
        lost = a_fill(order, "1", symbol=order.symbol)
        report = msgspec.structs.replace(report_of_order(order), fills=(lost,))
        world.brokers[account].known[order.client_order_id] = report
        world.drain = Drain()

        async with world.bus.broadcast.listen(events_topic(world.user)) as news, world.served():
            while not (held := await world.store.queries.positions(world.user)):
                await anext(news)

        assert held[0].quantity == Decimal(1)
