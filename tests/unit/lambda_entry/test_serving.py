"""An event's way through the house, with a record and a post in memory."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
import pytest
from typing_extensions import override

from bus.base import Destination
from bus.codec import encode
from bus.envelope import seal
from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.messages import StartWorker, VerifyOrder
from bus.raw import RawMessage, RawQueues
from bus.settings import LANES
from bus.values import AccountId, OrderId, UserId
from lambda_entry import (
    _container,
    _serving,
    maintenance,
    maintenance_worker,
    order_tasks,
    pool_manager,
    worker_control,
)
from lambda_entry._container import Container, Means, Warm
from tests.unit.handlers.control.control_places import Place, a_place
from tests.unit.lambda_entry.test_batch import captured

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

    from bus.envelope import Envelope
    from bus.messages import Message


class Noted(RawQueues):
    """Queues that note what they are asked."""

    def __init__(self) -> None:
        self.hidden: list[tuple[str, float]] = []
        self.buried: list[tuple[str, str]] = []
        self.is_away = False

    @override
    async def receive(
        self, destination: Destination, *, limit: int, wait: timedelta
    ) -> Sequence[RawMessage]:
        raise AssertionError("Lambda receives")

    @override
    async def delete(self, destination: Destination, receipts: Sequence[str]) -> Sequence[str]:
        raise AssertionError("Lambda deletes")

    @override
    async def change_visibility(
        self, destination: Destination, receipt: str, after: timedelta
    ) -> bool:
        self.hidden.append((receipt, after.total_seconds()))
        return True

    @override
    async def set_aside(self, destination: Destination, message: RawMessage, reason: str) -> None:
        if self.is_away:
            raise TransportUnavailableError
        self.buried.append((message.message_id, reason))

    @override
    async def arn(self, destination: Destination) -> str:
        raise AssertionError("Lambda names the queue")


class Function:
    """The functions as Lambda calls them, and what they work with."""

    def __init__(self) -> None:
        self.queues = Noted()
        self.opened = 0
        self.place: Place
        self.user = UserId(uuid7())

    @asynccontextmanager
    async def open(self, _: Mapping[str, str]) -> AsyncGenerator[Means]:
        self.opened += 1
        async with a_place(pool_size=1) as self.place:
            await self.place.services.store.identity.add_user(
                self.user, email=f"{self.opened}@example.org", password_hash="-"
            )
            yield Means(
                services=self.place.services,
                publisher=self.place.bus.publisher,
                queues=self.queues,
                lanes=LANES,
            )

    def start(self) -> StartWorker:
        deadline = self.place.clock.now() + timedelta(seconds=30)
        return StartWorker(user_id=self.user, cause=None, deadline=deadline)

    def lost(self) -> VerifyOrder:
        """A message that nobody can carry out."""
        return VerifyOrder(
            user_id=self.user, order_id=OrderId(uuid7()), account_id=AccountId(uuid7()), attempt=1
        )

    def event(self, *messages: Message | str, receives: int = 1) -> dict[str, Any]:
        [record] = captured("sqs_fifo")["Records"]
        records: list[dict[str, Any]] = []
        for number, message in enumerate(messages):
            body = message if isinstance(message, str) else self._body(message)
            attributes = record["attributes"] | {"ApproximateReceiveCount": str(receives)}
            records.append(
                record
                | {
                    "messageId": str(number),
                    "receiptHandle": f"receipt-{number}",
                    "body": body,
                    "attributes": attributes,
                }
            )
        return {"Records": records}

    def published(self) -> Envelope:
        """Take what was published to the queue of starts."""

        async def take(_: Means) -> Envelope:
            queue = Destination.WORKER_CONTROL
            async with self.place.bus.subscriber.receive(queue) as deliveries:
                with anyio.fail_after(1):
                    return (await anext(deliveries)).envelope

        return _serving.warm.run(take)

    def _body(self, message: Message) -> str:
        return encode(seal(message, clock=self.place.clock, dedup_id=uuid7().hex)).decode()


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    called = Function()
    monkeypatch.setattr(_container, "open_means", called.open)
    warm = Warm(lambda: Container({}))
    monkeypatch.setattr(_serving, "warm", warm)
    warm.run(_nothing)
    yield called
    warm.discard()


async def _nothing(_: Means) -> None:
    return


def returned(answer: Any) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_a_start_is_carried_out_and_does_not_come_back(function: Function) -> None:
    answer = worker_control.handler(function.event(function.start()), None)

    assert returned(answer) == []
    assert [each.user_id for each in function.place.launcher.running.values()] == [function.user]


def test_a_warm_container_serves_many_events(function: Function) -> None:
    for _ in range(3):
        worker_control.handler(function.event(function.start()), None)

    assert function.opened == 1


def test_a_failure_comes_back_soon_and_its_group_with_it(function: Function) -> None:
    function.place.launcher.is_away = True

    answer = worker_control.handler(function.event(function.start(), function.start()), None)

    assert returned(answer) == ["0", "1"]
    assert function.queues.hidden == [("receipt-0", 2.0)]


def test_the_last_attempt_is_set_aside_with_its_reason(
    function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ValueError("bug")

    monkeypatch.setattr(function.place.launcher, "list", fail)

    answer = worker_control.handler(function.event(function.start(), receives=3), None)

    [(message, reason)] = function.queues.buried
    assert (message, returned(answer)) == ("0", [])
    assert reason.startswith("attempts_exhausted: ValueError")


def test_a_start_that_lacks_a_launcher_is_said_anew_at_its_last_attempt(
    function: Function,
) -> None:
    function.place.launcher.is_away = True

    answer = worker_control.handler(function.event(function.start(), receives=3), None)

    assert (function.queues.buried, returned(answer)) == ([], [])
    assert function.published().message.user_id == function.user


def test_what_no_repetition_mends_is_set_aside_at_once(function: Function) -> None:
    answer = order_tasks.handler(function.event(function.lost(), function.start()), None)

    assert returned(answer) == []
    assert [reason.partition(":")[0] for _, reason in function.queues.buried] == ["NotFoundError"]
    assert function.place.launcher.running


def test_what_is_no_envelope_is_set_aside_and_holds_nobody_up(function: Function) -> None:
    answer = worker_control.handler(function.event("Test message.", function.start()), None)

    assert returned(answer) == []
    assert [message for message, _ in function.queues.buried] == ["0"]
    assert function.place.launcher.running


def test_what_cannot_be_set_aside_comes_back(function: Function) -> None:
    function.queues.is_away = True

    answer = worker_control.handler(function.event("Test message."), None)

    assert returned(answer) == ["0"]


def test_a_turn_of_the_pool_fills_it(function: Function) -> None:
    pool_manager.handler(captured("eventbridge_schedule"), None)

    assert [each.user_id for each in function.place.launcher.running.values()] == [None]


def test_a_turn_that_fails_fails_the_function_and_not_the_container(function: Function) -> None:
    function.place.launcher.is_away = True

    with pytest.raises(Exception, match="away"):
        pool_manager.handler(captured("eventbridge_schedule"), None)
    function.place.launcher.is_away = False
    pool_manager.handler(captured("eventbridge_schedule"), None)

    assert function.opened == 1


def test_a_finding_of_maintenance_goes_to_who_heals_it(function: Function) -> None:
    async def neglect(_: Means) -> None:
        trader = await function.place.house.trader()
        await function.place.house.queued(trader)
        await function.place.later(75)

    async def next_message(_: Means) -> Message:
        async with function.place.bus.subscriber.receive(Destination.MAINTENANCE) as found:
            return (await anext(found)).envelope.message

    _serving.warm.run(neglect)
    maintenance.handler(captured("eventbridge_schedule"), None)

    heal = _serving.warm.run(next_message)
    answer = maintenance_worker.handler(function.event(heal), None)
    assert returned(answer) == []
    assert function.queues.buried == []


def test_a_container_that_broke_is_rebuilt(function: Function) -> None:
    async def break_it(_: Means) -> None:
        raise RuntimeError("the loop is gone")

    with pytest.raises(RuntimeError):
        _serving.warm.run(break_it)
    answer = worker_control.handler(function.event(function.start()), None)

    assert returned(answer) == []
    assert function.opened == 2


def test_an_event_that_is_none_fails_the_function(function: Function) -> None:
    with pytest.raises(msgspec.ValidationError):
        worker_control.handler(captured("eventbridge_schedule"), None)

    assert function.opened == 1


def test_a_queue_that_nobody_knows_fails_the_function(function: Function) -> None:
    event = function.event(function.start())
    event["Records"][0]["eventSourceARN"] = "arn:aws:sqs:us-east-2:1:somebody-elses"

    with pytest.raises(ValueError, match="somebody-elses"):
        worker_control.handler(event, None)
