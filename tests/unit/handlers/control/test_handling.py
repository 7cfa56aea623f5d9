"""A delivery of the control plane is carried out, settled, and told of with its order."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from bus.base import Destination
from bus.envelope import seal
from bus.messages import ClaimWorker, Drain, Finding, HealOrphan, KeepPool, StartWorker, VerifyOrder
from bus.routing import resolve
from bus.values import HOUSE, OrderState
from handlers.control.handling import STAGES, handle
from handlers.errors import StoreUnavailableError
from handlers.records.control_hops import ControlHop, HopOutcome
from handlers.wiring import LIMITS, dispatcher_of
from telemetry.logs import configure
from telemetry.settings import LogFormat, TelemetrySettings
from telemetry.stages import Stage
from tests.contract.store.house import TRACE_ID, TRACEPARENT
from tests.unit.bus.noted import Delivered
from tests.unit.handlers.control.control_places import Place, a_place

if TYPE_CHECKING:
    from bus.messages import Message
    from handlers.records.orders import Order

pytestmark = pytest.mark.anyio


async def handled(place: Place, message: Message, *, attempt: int = 1, **sealed: Any) -> list[str]:
    """Handle a message; return what became of its delivery."""
    diary: list[str] = []
    asked: dict[str, Any] = {"dedup_id": "1", "traceparent": TRACEPARENT} | sealed
    envelope = seal(message, clock=place.clock, **asked)
    delivery = Delivered(envelope, diary)
    delivery.attempt, delivery.is_last = attempt, attempt >= 3
    dispatcher = dispatcher_of(resolve(message), place.services, place.bus.publisher)
    await handle(delivery, dispatcher, place.services)
    return diary


async def hops(place: Place, order: Order) -> tuple[ControlHop, ...]:
    trail = await place.services.store.watch.trail(order.id)
    assert trail is not None
    return trail.hops


def a_look(order: Order) -> VerifyOrder:
    return VerifyOrder(
        user_id=order.user_id, order_id=order.id, account_id=order.account_id, attempt=1
    )


def a_start(place: Place, order: Order) -> StartWorker:
    deadline = place.clock.now() + timedelta(seconds=30)
    return StartWorker(user_id=order.user_id, cause=order.id, deadline=deadline)


async def unattended(place: Place) -> Order:
    """Return an order that waits and whose user has no worker."""
    trader = await place.house.trader()
    await place.services.store.leases.release(trader.lease)
    return await place.house.queued(trader)


async def test_start_is_noted_with_the_order_that_caused_it() -> None:
    async with a_place() as place:
        order = await unattended(place)

        await handled(place, a_start(place, order))

        [hop] = await hops(place, order)
        assert (hop.stage, hop.message) == (Stage.WORKER_CONTROL, "start_worker")
        assert (hop.destination, hop.system) == ("worker-control", "memory")
        assert (hop.traceparent, hop.outcome, hop.code) == (TRACEPARENT, HopOutcome.DONE, None)
        assert hop.sent_at <= hop.taken_at <= hop.done_at


async def test_claim_is_noted_with_the_order_that_caused_it() -> None:
    async with a_place() as place:
        order = await unattended(place)
        deadline = place.clock.now() + timedelta(seconds=30)
        claim = ClaimWorker(
            user_id=order.user_id, worker_id=None, deadline=deadline, cause=order.id
        )

        await handled(place, claim, traceparent="")

        assert [hop.message for hop in await hops(place, order)] == ["claim_worker"]


async def test_claim_that_names_no_order_is_noted_by_its_trace() -> None:
    async with a_place() as place:
        order = await unattended(place)
        deadline = place.clock.now() + timedelta(seconds=30)

        await handled(place, ClaimWorker(user_id=order.user_id, worker_id=None, deadline=deadline))

        assert [hop.message for hop in await hops(place, order)] == ["claim_worker"]


async def test_look_and_healing_are_noted_under_their_own_stages() -> None:
    async with a_place() as place:
        order = await place.house.in_state(await place.house.trader(), OrderState.ACCEPTED)
        cure = HealOrphan(
            user_id=order.user_id, finding=Finding.UNATTENDED_ORDER, order_id=order.id
        )

        await handled(place, a_look(order))
        await handled(place, cure)

        assert sorted(hop.stage for hop in await hops(place, order)) == [
            Stage.MAINTENANCE_WORKER,
            Stage.ORDER_TASKS,
        ]


@pytest.mark.parametrize(("attempt", "outcome"), [(1, HopOutcome.AGAIN), (3, HopOutcome.SET_ASIDE)])
async def test_failure_is_noted_with_its_name_and_whether_it_comes_back(
    attempt: int, outcome: HopOutcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ValueError("a secret detail")

    async with a_place() as place:
        order = await unattended(place)
        monkeypatch.setattr(place.launcher, "list", fail)

        await handled(place, a_start(place, order), attempt=attempt)

        [hop] = await hops(place, order)
        assert (hop.attempt, hop.outcome, hop.code) == (attempt, outcome, "ValueError")


async def test_what_nobody_wanted_any_more_is_not_told_as_done() -> None:
    async with a_place() as place:
        order = await unattended(place)

        await handled(place, a_start(place, order), deadline=place.clock.now())

        assert [hop.outcome for hop in await hops(place, order)] == [HopOutcome.SKIPPED]


async def test_message_that_is_about_no_order_is_noted_nowhere() -> None:
    async with a_place() as place:
        order = await unattended(place)

        await handled(place, KeepPool(user_id=HOUSE))

        assert await hops(place, order) == ()


async def test_record_that_cannot_note_it_costs_the_note_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailableError("away")

    async with a_place() as place:
        order = await unattended(place)
        monkeypatch.setattr(place.services.store.upkeep, "note_hop", away)

        diary = await handled(place, a_start(place, order))

        assert diary == ["ack"]
        assert len(place.launcher.running) == 1


@pytest.mark.usefixtures("logging_as_before")
async def test_every_line_that_a_handler_logs_names_order_and_trace() -> None:
    stream = io.StringIO()
    configure(
        TelemetrySettings(service="control-plane", log_format=LogFormat.JSON, level=logging.INFO),
        stream=stream,
    )
    async with a_place() as place:
        order = await unattended(place)
        place.launcher.is_away = True
        start = StartWorker(
            user_id=order.user_id,
            cause=order.id,
            deadline=place.clock.now() + timedelta(seconds=4),
        )

        await handled(place, start)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["worker_not_started", "control_message_failed"]
    assert {(line["order_id"], line["trace_id"]) for line in lines} == {(str(order.id), TRACE_ID)}


def test_every_queue_that_is_served_has_its_stage() -> None:
    assert STAGES.keys() == LIMITS.keys()


class Settled(Delivered):
    """A delivery that says whether anything was noted before it was settled."""

    noted_before = False
    place: Place
    order: Order

    @override
    async def ack(self) -> None:
        self.noted_before = await hops(self.place, self.order) != ()


async def test_delivery_is_settled_before_it_is_noted() -> None:
    async with a_place() as place:
        order = await unattended(place)
        envelope = seal(a_start(place, order), clock=place.clock, dedup_id="1")
        delivery = Settled(envelope, [])
        delivery.place, delivery.order = place, order
        dispatcher = dispatcher_of(Destination.WORKER_CONTROL, place.services, place.bus.publisher)

        await handle(delivery, dispatcher, place.services)

        assert not delivery.noted_before
        assert len(await hops(place, order)) == 1


async def test_a_workers_command_that_strayed_is_set_aside_and_ends_nothing() -> None:
    async with a_place() as place:
        envelope = seal(Drain(user_id=HOUSE, reason="idle"), clock=place.clock, dedup_id="1")
        diary: list[str] = []
        dispatcher = dispatcher_of(Destination.MAINTENANCE, place.services, place.bus.publisher)

        await handle(Delivered(envelope, diary), dispatcher, place.services)

        assert diary == ["dead UnroutableError: Drain"]
