"""The live stream: everything that happens, each once, from where one left off."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
import pytest

from bus.topics import events_topic
from edge.api import stream as stream_module
from edge.api.stream import EventStream
from edge.kept.open_streams import OpenStreams
from handlers.identity.tokens import hash_secret
from tests.builders import a_user
from tests.unit.edge.house import KEY, an_alert
from tests.unit.edge.venue import bring_to_venue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.values import UserId
    from handlers.records.access import Principal
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


class Reader:
    """A client of the stream that parses what it is sent."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.arrived = anyio.Event()
        self.left = anyio.Event()
        self.reads = True

    async def receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if not self.reads:
            await anyio.sleep_forever()
        if message["type"] == "http.response.body":
            self.chunks.append(message["body"])
            arrived, self.arrived = self.arrived, anyio.Event()
            arrived.set()

    def events(self) -> list[tuple[int, str, dict[str, Any]]]:
        found: list[tuple[int, str, dict[str, Any]]] = []
        for block in b"".join(self.chunks).decode().split("\n\n"):
            lines = dict(
                line.split(": ", 1) for line in block.splitlines() if line[:2] in {"id", "ev", "da"}
            )
            if "id" in lines:
                found.append((int(lines["id"]), lines["event"], msgspec.json.decode(lines["data"])))
        return found

    async def until(self, count: int) -> list[tuple[int, str, dict[str, Any]]]:
        while len(self.events()) < count:
            await self.arrived.wait()
        return self.events()


async def the_key(house: House) -> Principal:
    """Return who calls with the house's key."""
    principal = await house.ports.store.identity.principal(hash_secret(KEY))
    assert principal is not None
    return principal


@asynccontextmanager
async def following(house: House, n: int) -> AsyncGenerator[Reader]:
    reader = Reader()
    house.ports.streams.enter(house.user)
    stream: Any = EventStream(house.ports, await the_key(house), n)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stream, {"type": "http"}, reader.receive, reader.send)
        with anyio.fail_after(5):
            yield reader
        tasks.cancel_scope.cancel()


async def test_what_happened_is_sent_with_its_number_kind_and_object(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]

    async with following(house, 0) as reader:
        events = await reader.until(2)

    assert [(n, kind) for n, kind, _ in events] == [(1, "order"), (2, "order")]
    assert events[1][2] == (await house.items("/api/orders"))[0]
    assert events[1][2]["id"] == order_id


async def test_stream_goes_on_after_the_last_number(house: House) -> None:
    await bring_to_venue(house)

    async with following(house, 0) as reader:
        everything = await reader.until(4)
    async with following(house, 2) as reader:
        rest = await reader.until(len(everything) - 2)

    assert [n for n, _, _ in everything] == list(range(1, len(everything) + 1))
    assert [n for n, _, _ in rest] == list(range(3, len(everything) + 1))


async def test_event_arrives_when_the_bus_wakes_the_stream(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "_LOOK_ANYWAY", 60.0)
    async with following(house, 0) as reader:
        await anyio.wait_all_tasks_blocked()
        await house.alert(an_alert())

        events = await reader.until(2)

    assert len(events) == 2


async def test_event_arrives_without_a_wake_up_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "_LOOK_ANYWAY", 0.01)

    def say_nothing(_user: UserId) -> None:
        return

    monkeypatch.setattr(house.ports.afterwards, "stir", say_nothing)
    async with following(house, 0) as reader:
        await anyio.wait_all_tasks_blocked()
        await house.alert(an_alert())

        events = await reader.until(2)

    assert len(events) == 2


async def test_wake_up_without_news_sends_nothing(house: House) -> None:
    async with following(house, 0) as reader:
        await anyio.wait_all_tasks_blocked()
        await house.ports.bus.broadcast.announce(events_topic(house.user), b"")
        await anyio.wait_all_tasks_blocked()

    assert reader.events() == []


async def test_entry_is_sent_once_however_often_the_stream_is_woken(house: House) -> None:
    async with following(house, 0) as reader:
        await anyio.wait_all_tasks_blocked()
        await house.alert(an_alert())
        await reader.until(2)
        for _ in range(3):
            await house.ports.bus.broadcast.announce(events_topic(house.user), b"")
            await anyio.wait_all_tasks_blocked()

    assert [n for n, _, _ in reader.events()] == [1, 2]


async def test_refused_alert_is_a_signal_event(house: House) -> None:
    await house.alert(b"{")

    async with following(house, 0) as reader:
        ((_, kind, signal),) = await reader.until(1)

    assert (kind, signal["code"]) == ("signal", "malformed_json")


async def test_switch_is_a_switch_event(house: House) -> None:
    await house.post("/api/kill-switch", {"engaged": True})

    async with following(house, 0) as reader:
        ((_, kind, switch),) = await reader.until(1)

    assert (kind, switch["engaged"]) == ("switch", True)


async def test_quiet_stream_says_that_it_is_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "_COMMENT_EVERY", 0.01)

    async with following(house, 0) as reader:
        while not any(chunk.startswith(b":") for chunk in reader.chunks):
            await reader.arrived.wait()

    assert reader.events() == []


async def test_client_that_leaves_ends_its_stream(house: House) -> None:
    reader = Reader()
    house.ports.streams.enter(house.user)
    reader.left.set()

    with anyio.fail_after(5):
        stream: Any = EventStream(house.ports, await the_key(house), 0)
        await stream({}, reader.receive, reader.send)

    assert _has_room_for_all(house.ports.streams, house)


async def test_client_that_does_not_read_is_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "_SLOWEST", 0.01)
    reader = Reader()
    house.ports.streams.enter(house.user)
    await house.alert(an_alert())

    async def stuck(message: Any) -> None:
        if message["type"] == "http.response.body":
            await anyio.sleep_forever()

    with anyio.fail_after(5):
        stream: Any = EventStream(house.ports, await the_key(house), 0)
        await stream({}, reader.receive, stuck)

    assert _has_room_for_all(house.ports.streams, house)


async def test_stopping_ends_all_streams(house: House) -> None:
    reader = Reader()
    house.ports.streams.enter(house.user)
    house.ports.streams.stopping.set()

    with anyio.fail_after(5):
        stream: Any = EventStream(house.ports, await the_key(house), 0)
        await stream({}, reader.receive, reader.send)


async def test_one_user_may_have_twenty_streams_and_another_as_many() -> None:
    streams, user = OpenStreams(), a_user()

    entered = [streams.enter(user) for _ in range(21)]

    assert entered == [True] * 20 + [False]
    assert streams.enter(a_user())


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 19, "\u0661"])
async def test_number_that_no_stream_gave_is_400(house: House, last: str) -> None:
    answer = await house.get(f"/api/stream?last_event_id={last}")

    assert (answer.status_code, answer.json()["field"]) == (400, "Last-Event-ID")


async def test_number_that_is_still_to_come_is_400(house: House) -> None:
    await house.alert(an_alert())
    end = (await house.ports.store.streams.position(house.user)).end

    with anyio.fail_after(5):
        answer = await house.get(f"/api/stream?last_event_id={end}")

    assert (answer.status_code, answer.json()["field"]) == (400, "Last-Event-ID")
    assert _has_room_for_all(house.ports.streams, house)


def _has_room_for_all(streams: OpenStreams, house: House) -> bool:
    return all(streams.enter(house.user) for _ in range(20))
