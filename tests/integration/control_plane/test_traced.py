"""What the control plane does about orders reaches a collector, whatever carries its queues.

On SQS the Lambda entrypoints are what is driven, with the events that AWS would give them.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, closing
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import ClaimWorker, StartWorker, VerifyOrder
from bus.open import open_bus
from bus.routing import Carrier
from bus.values import OrderState, SystemClock
from handlers.observing.gauges import Gauges
from handlers.observing.measures import Measures
from handlers.observing.observer import Observer, Traces
from handlers.records.orders import ClaimedOrder
from telemetry.export_settings import ExportSettings
from telemetry.meters import open_meters
from telemetry.otlp import SpanExport
from telemetry.propagation import span_id_in
from tests.contract.store.conftest import postgres_house
from tests.integration.control_plane.served import CARRIERS, a_post, functions_at, served
from tests.servers.collector import Collector, running_collector
from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from bus.bundle import Bus
    from bus.messages import Message
    from bus.settings import BusSettings
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader
    from tests.servers.valkey import ValkeyServer

pytestmark = [
    pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey, pytest.mark.timeout(60),
]  # fmt: skip

CLOCK = SystemClock()
SYSTEMS = {Carrier.VALKEY: "valkey", Carrier.SQS: "aws_sqs"}


@pytest.fixture(params=CARRIERS)
async def settings(
    request: pytest.FixtureRequest, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> BusSettings:
    """A post whose queues nobody else uses, none of which holds anything back."""
    return await a_post(request.param, valkey, monkeypatch)


class Later(SystemClock):
    """A clock that can be set ahead: the observer tells of an order that rests for 30 s."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead


class Scene:
    """A house whose control plane runs, and a collector that is told of it.

    Attributes:
        system: What the spans shall say that carries the queues.
        working: An order at its venue.
        overdue: One that nobody executed in time, of a user without a worker.
    """

    def __init__(self, system: str, collector: Collector) -> None:
        self.system = system
        self.collector = collector
        self.bus: Bus
        self.observer: Observer
        self.working: Order
        self.overdue: Order

    async def publish(self, destination: Destination, message: Message, order: Order) -> None:
        """Send a message in an order's trace, as the edge does."""
        sealed = seal(message, clock=CLOCK, dedup_id=uuid7().hex, traceparent=order.traceparent)
        await self.bus.publisher.publish(destination, sealed)

    async def told(self, order: Order, queue: str) -> tuple[list[Any], Any]:
        """Wait for a handled message of an order; return its spans and the order's own."""
        while True:
            named = {
                span.name: span
                for _, span in self.collector.spans
                if span.trace_id.hex() == order.trace_id
            }
            if f"process {queue}" in named:
                waited, handled = named[f"receive {queue}"], named[f"process {queue}"]
                return [waited, handled], named["order"]
            await self.observer.turn()
            await anyio.sleep(0.05)


async def recorded(house: House, trader: Trader, **fields: Any) -> Order:
    """Record an alert of a trace of its own, with one order."""
    order, trace_id = house.order(trader, **fields), token_hex(16)
    traceparent = f"00-{trace_id}-{token_hex(8)}-01"
    alert = house.signal(trader, order, trace_id=trace_id, traceparent=traceparent)
    await house.store.signals.record(alert)
    return await house.load(order.id)


async def furnish(scene: Scene, house: House) -> None:
    """Have an order at a venue and one that is overdue, and nobody who works."""
    trader = await house.trader()
    scene.working = await recorded(house, trader)
    claimed = await house.store.orders.claim(house.claim(trader, scene.working))
    assert isinstance(claimed, ClaimedOrder)
    await house.settle(claimed.order, OrderState.ACCEPTED)
    await house.store.leases.release(trader.lease)
    other = await house.trader()
    await house.store.leases.release(other.lease)
    soon = CLOCK.now() + timedelta(milliseconds=1)
    scene.overdue = await recorded(house, other, expires_at=soon)
    await house.later(11)


@pytest.fixture
async def scene(settings: BusSettings, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Scene]:
    clock = Later()
    async with AsyncExitStack() as stack:
        dsn = stack.enter_context(fresh_database(template=migrated_template()))
        stack.enter_context(functions_at(settings, dsn, monkeypatch))
        house = await stack.enter_async_context(postgres_house(dsn))
        bus = await stack.enter_async_context(open_bus(settings))
        made = Scene(SYSTEMS[settings.queues], stack.enter_context(running_collector()))
        meters = stack.enter_context(open_meters(ExportSettings(), "observer"))
        export = stack.enter_context(closing(SpanExport(made.collector.address)))
        made.bus = bus
        made.observer = Observer(
            house.store.watch,
            clock,
            measures=Measures(meters),
            gauges=Gauges(house.store.watch, bus.pool, bus.depths),
            traces=Traces(export, ratio=1.0),
        )
        clock.ahead = timedelta(seconds=31)
        await furnish(made, house)
        await stack.enter_async_context(served(settings, dsn, bus))
        yield made


def said(span: Any, name: str) -> str:
    """Return a span's attribute."""
    [found] = [each.value.string_value for each in span.attributes if each.key == name]
    return found


async def test_start_is_in_the_trace_of_its_order_under_the_alert(scene: Scene) -> None:
    order = scene.overdue
    deadline = CLOCK.now() + timedelta(seconds=30)
    start = StartWorker(user_id=order.user_id, cause=order.id, deadline=deadline)

    await scene.publish(Destination.WORKER_CONTROL, start, order)

    spans, _ = await scene.told(order, "worker-control")
    assert {span.parent_span_id.hex() for span in spans} == {span_id_in(order.traceparent)}
    assert {said(span, "fourpass.stage") for span in spans} == {"worker_control"}
    assert {said(span, "messaging.system") for span in spans} == {scene.system}


async def test_claim_from_the_pool_is_in_the_trace_it_was_asked_in(scene: Scene) -> None:
    order = scene.overdue
    deadline = CLOCK.now() + timedelta(seconds=30)
    claim = ClaimWorker(user_id=order.user_id, worker_id=None, deadline=deadline)

    await scene.publish(Destination.POOL_CLAIM, claim, order)

    spans, _ = await scene.told(order, "pool-claim")
    assert {span.parent_span_id.hex() for span in spans} == {span_id_in(order.traceparent)}
    assert {said(span, "messaging.system") for span in spans} == {scene.system}


async def test_verification_is_in_the_trace_of_its_order_and_linked_to_it(scene: Scene) -> None:
    order = scene.working
    look = VerifyOrder(
        user_id=order.user_id, order_id=order.id, account_id=order.account_id, attempt=1
    )

    await scene.publish(Destination.ORDER_TASKS, look, order)

    spans, whole = await scene.told(order, "order-tasks")
    assert {link.span_id for span in spans for link in span.links} == {whole.span_id}
    assert {said(span, "fourpass.stage") for span in spans} == {"order_tasks"}
    assert {said(span, "messaging.system") for span in spans} == {scene.system}


async def test_healing_is_in_the_trace_of_what_it_healed_and_linked_to_it(scene: Scene) -> None:
    spans, whole = await scene.told(scene.overdue, "maintenance")

    assert {link.span_id for span in spans for link in span.links} == {whole.span_id}
    assert {said(span, "fourpass.stage") for span in spans} == {"maintenance_worker"}
    assert said(spans[1], "fourpass.outcome") == "done"
    assert {said(span, "messaging.system") for span in spans} == {scene.system}


async def test_worker_that_a_look_asks_for_is_in_the_order_s_trace_too(scene: Scene) -> None:
    order = scene.working
    look = VerifyOrder(
        user_id=order.user_id, order_id=order.id, account_id=order.account_id, attempt=1
    )

    await scene.publish(Destination.ORDER_TASKS, look, order)

    spans, _ = await scene.told(order, "worker-control")
    assert {span.parent_span_id.hex() for span in spans} == {span_id_in(order.traceparent)}
