"""What is told of an order's send while what waits behind it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest
from typing_extensions import override

from broker_adapters.base import Reason, Rejected
from bus.values import OrderState
from handlers.orders.behind import Behind
from handlers.orders.execution import execute
from telemetry.stages import Stage
from tests.unit.handlers.orders.order_desks import a_bench

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.orders.desk import Desk
    from handlers.orders.executed import Executed
    from handlers.orders.following import Ready
    from handlers.records.orders import Order

pytestmark = pytest.mark.anyio


@dataclass
class SlowLook(Behind):
    """Something waits behind, and is looked at for longer than the venue takes to answer."""

    looking: Callable[[], Awaitable[None]]

    @override
    def begun(self, order: Order) -> None:
        del order

    @override
    def wants_look(self) -> bool:
        return True

    @override
    async def look(self, desk: Desk) -> None:
        await anyio.wait_all_tasks_blocked()
        await self.looking()

    @override
    def take(self) -> Ready | None:
        return None

    @override
    def done(self, executed: Executed) -> None:
        raise AssertionError(executed)


async def test_an_answer_is_of_when_the_venue_gave_it() -> None:
    bench = await a_bench()
    order = await bench.queued()

    async def look_on() -> None:
        bench.clock.go_on(timedelta(seconds=0.2))

    await execute(order, bench.desk, behind=SlowLook(look_on))

    detail = await bench.store.queries.order(bench.desk.lease.user_id, order)
    assert detail is not None
    at = {event.stage: event.at for event in detail.events}
    assert at[Stage.ANSWERED] == at[Stage.SENT]


async def test_an_answer_outlives_the_worker_that_still_looks_behind() -> None:
    bench = await a_bench()
    order = await bench.queued()
    bench.broker.answers.append(Rejected(reason=Reason.MARKET_CLOSED, message="closed"))

    async with anyio.create_task_group() as tasks:

        async def die() -> None:
            tasks.cancel_scope.cancel()
            await anyio.sleep_forever()

        await execute(order, bench.desk, behind=SlowLook(die))

    assert (await bench.read(order)).state is OrderState.REJECTED
