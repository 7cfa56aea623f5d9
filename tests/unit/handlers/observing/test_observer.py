"""The observer's turn over a record and a post in memory."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.memory import open_memory_bus
from bus.messages import KeepPool
from bus.values import HOUSE, OrderState, SystemClock
from handlers.errors import StoreUnavailableError
from handlers.observing import observer as observer_module
from handlers.observing.gauges import Gauges
from handlers.observing.measures import Measures
from handlers.observing.observer import Observer, Traces
from handlers.records.control_hops import ControlHop, HopOutcome
from handlers.store.memory import MemoryStore
from telemetry.stages import Stage
from tests.builders import ManualClock
from tests.contract.store.house import TRACEPARENT, House
from tests.unit.handlers.observing.told import Export, Labels, Meters

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from handlers.records.orders import Order
    from handlers.records.trails import Census

pytestmark = pytest.mark.anyio

QUEUED: Labels = (("state", "queued"),)


class Scene:
    """An observer, what it watches, and what it told."""

    def __init__(self, house: House, meters: Meters, export: Export, observer: Observer) -> None:
        self.house = house
        self.meters = meters
        self.export = export
        self.observer = observer


@asynccontextmanager
async def a_scene(ratio: float = 1.0) -> AsyncGenerator[Scene]:
    clock = ManualClock(datetime.now(UTC))
    store = MemoryStore(clock)

    async def later(seconds: float) -> None:
        await anyio.lowlevel.checkpoint()
        clock.go_on(timedelta(seconds=seconds))

    async with open_memory_bus(SystemClock()) as bus:
        meters, export = Meters(), Export()
        gauges = Gauges(store.watch, bus.pool, bus.depths)
        gauges.show(meters)  # pyright: ignore[reportArgumentType] - remembers instead
        observer = Observer(
            store.watch,
            clock,
            measures=Measures(meters),  # pyright: ignore[reportArgumentType] - as above
            gauges=gauges,
            traces=Traces(export, ratio=ratio),  # pyright: ignore[reportArgumentType] - as above
        )
        house = House(store=store, clock=clock, later=later)
        async with bus.subscriber.receive(Destination.MAINTENANCE) as deliveries:
            sealed = seal(KeepPool(user_id=HOUSE), clock=SystemClock(), dedup_id="bad")
            await bus.publisher.publish(Destination.MAINTENANCE, sealed)
            await (await anext(deliveries)).dead_letter("poison")
        yield Scene(house, meters, export, observer)


async def test_finished_order_is_counted_and_traced_once() -> None:
    async with a_scene() as scene:
        trader = await scene.house.trader()
        order = await scene.house.sending(trader)
        await scene.house.settle(order, OrderState.REJECTED, error_code="price_band")

        await scene.observer.turn()
        await scene.observer.turn()

        assert scene.meters.counted["fourpass.orders.finished"].told == [
            (1, {"broker": "paper", "mode": "paper", "state": "rejected", "code": "price_band"})
        ]
        assert [span.name for span in scene.export.spans].count("order") == 1


async def test_plain_order_is_counted_but_not_traced_where_no_part_is_wanted() -> None:
    async with a_scene(ratio=0.0) as scene:
        trader = await scene.house.trader()
        await scene.house.settle(await scene.house.sending(trader), OrderState.FILLED)

        await scene.observer.turn()

        assert len(scene.meters.counted["fourpass.orders.finished"].told) == 1
        assert scene.export.spans == []


async def test_order_in_doubt_is_counted_as_unusual() -> None:
    async with a_scene(ratio=0.0) as scene:
        trader = await scene.house.trader()
        await scene.house.settle(await scene.house.sending(trader), OrderState.UNKNOWN)
        await scene.house.later(31)

        await scene.observer.turn()

        told = scene.meters.counted["fourpass.orders.unusual"].told
        assert (1, {"broker": "paper", "kind": "unknown"}) in told
        assert scene.export.spans != []


def a_look_at(scene: Scene, **fields: Any) -> ControlHop:
    now = scene.house.clock.now()
    told: dict[str, Any] = {
        "id": uuid7(), "attempt": 1, "stage": Stage.ORDER_TASKS, "message": "verify_order",
        "destination": "order-tasks", "system": "valkey", "traceparent": TRACEPARENT,
        "outcome": HopOutcome.DONE,
    }  # fmt: skip
    times: dict[str, Any] = {
        "sent_at": now,
        "taken_at": now,
        "done_at": now + timedelta(milliseconds=3),
    }
    return ControlHop(**(told | times | fields))


async def a_told_order(scene: Scene) -> Order:
    """Return an order that rests at its venue and that the observer told."""
    trader = await scene.house.trader()
    order = await scene.house.in_state(trader, OrderState.ACCEPTED)
    await scene.house.later(31)
    await scene.observer.turn()
    return order


async def look_after(scene: Scene, order: Order, **fields: Any) -> list[str]:
    """Note a look; return the names of the spans that are told of it."""
    del scene.export.spans[:]
    hop = a_look_at(scene, **fields)
    await scene.house.store.upkeep.note_hop(order.user_id, order.id, hop)
    await scene.observer.turn()
    return [span.name for span in scene.export.spans]


async def test_look_at_a_resting_order_is_told_without_its_way_and_timed() -> None:
    async with a_scene() as scene:
        order = await a_told_order(scene)

        names = await look_after(scene, order)

        assert names == ["receive order-tasks", "process order-tasks"]
        durations = scene.meters.counted["fourpass.hop.duration"].told
        assert durations[-1] == (0.003, {"stage": "order_tasks"})
        assert scene.meters.counted["fourpass.hop.errors"].told == []


async def test_look_that_failed_is_an_error_and_tells_the_whole_way() -> None:
    async with a_scene(ratio=0.0) as scene:
        order = await a_told_order(scene)
        assert scene.export.spans == []

        names = await look_after(scene, order, outcome=HopOutcome.SET_ASIDE, code="NotFoundError")

        assert {"order", "settled", "process order-tasks"} <= set(names)
        assert scene.meters.counted["fourpass.hop.errors"].told == [
            (1, {"stage": "order_tasks", "code": "NotFoundError"})
        ]


async def test_hop_that_led_to_a_bad_state_is_an_error_of_that_hop() -> None:
    async with a_scene() as scene:
        trader = await scene.house.trader()
        order = await scene.house.sending(trader)
        await scene.house.settle(order, OrderState.REJECTED, error_code="price_band")

        await scene.observer.turn()

        assert scene.meters.counted["fourpass.hop.errors"].told == [
            (1, {"stage": "settled", "code": "price_band"})
        ]


async def test_gauges_show_the_last_look() -> None:
    async with a_scene() as scene:
        trader = await scene.house.trader()
        await scene.house.queued(trader)
        await scene.house.later(7)

        await scene.observer.turn()

        live = scene.meters.read("fourpass.orders.live")
        assert {labels: value for labels, value in live.items() if value} == {QUEUED: 1}
        oldest = scene.meters.read("fourpass.orders.oldest")
        assert {labels: value for labels, value in oldest.items() if value} == {QUEUED: 7}
        assert scene.meters.read("fourpass.record.up") == {(): 1}
        letters = scene.meters.read("fourpass.dead_letters")
        assert letters[(("destination", "maintenance"),)] == 1
        assert letters[(("destination", "order-tasks"),)] == 0


async def test_what_there_is_none_of_is_shown_as_none() -> None:
    async with a_scene() as scene:
        live = scene.meters.read("fourpass.orders.live")
        oldest = scene.meters.read("fourpass.orders.oldest")
        workers = scene.meters.read("fourpass.workers")

        assert live[(("state", "needs_review"),)] == oldest[(("state", "unknown"),)] == 0
        assert workers[(("state", "degraded"),)] == 0
        alerts, errors = (
            scene.meters.counted[f"fourpass.{name}"].begun for name in ("alerts", "hop.errors")
        )
        assert {"outcome": "duplicate", "code": ""} in alerts
        assert [each["stage"] for each in errors] == [stage.value for stage in Stage]


async def test_alerts_are_counted_once_however_often_it_looks() -> None:
    async with a_scene() as scene:
        trader = await scene.house.trader()
        await scene.house.later(1)
        await scene.house.queued(trader)
        for _ in range(4):
            await scene.house.later(3)
            await scene.observer.turn()

        counted = scene.meters.counted["fourpass.alerts"].told
        assert [each for each in counted if each[0]] == [(1, {"outcome": "accepted", "code": ""})]


async def test_record_that_is_away_is_shown_and_does_not_end_it() -> None:
    async with a_scene() as scene:
        await scene.observer.turn()
        looked = anyio.Event()

        async def away() -> Census:
            looked.set()
            raise StoreUnavailableError("away")

        scene.house.store.watch.census = away
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(scene.observer.run)
            with anyio.fail_after(5):
                await looked.wait()
                await anyio.wait_all_tasks_blocked()
            assert scene.meters.read("fourpass.record.up") == {(): 0}
            tasks.cancel_scope.cancel()


async def test_record_that_stays_away_is_told_of_once_a_minute_and_its_return_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observer_module, "EVERY", 0.001)
    turns = 0
    back = anyio.Event()

    async def turn() -> None:
        nonlocal turns
        turns += 1
        if turns <= 20:
            raise StoreUnavailableError("away")
        if turns > 22:
            back.set()

    async with a_scene() as scene, anyio.create_task_group() as tasks:
        monkeypatch.setattr(scene.observer, "turn", turn)
        with caplog.at_level("INFO"):
            tasks.start_soon(scene.observer.run)
            await back.wait()
            tasks.cancel_scope.cancel()

    said = [each.msg for each in caplog.records if each.msg in {"not_observed", "observed_again"}]
    assert said == ["not_observed", "observed_again"]
