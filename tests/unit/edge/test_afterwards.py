"""What is written after the reply, gathered."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio
import anyio.lowlevel
import pytest
import structlog

from bus.errors import TransportUnavailableError
from bus.memory import open_memory_bus
from bus.topics import events_topic
from bus.values import OrderId
from edge.kept.afterwards import Afterwards
from handlers.errors import StoreUnavailableError
from telemetry.lines import PreparedLine
from telemetry.redaction import Redactor
from tests.builders import ManualClock, a_user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bus.base import Broadcast

pytestmark = pytest.mark.anyio


class Notebook:
    """The signals of the record, as far as they are asked here."""

    def __init__(self) -> None:
        self.marked: list[list[OrderId]] = []
        self.is_away = False

    async def mark_hinted(self, orders: Sequence[OrderId]) -> None:
        if self.is_away:
            raise StoreUnavailableError
        self.marked.append(list(orders))

    async def record(self, signal: Any) -> Any:
        raise NotImplementedError

    async def record_manual(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


@pytest.fixture
async def broadcast() -> AsyncIterator[Broadcast]:
    async with open_memory_bus(ManualClock()) as bus:
        yield bus.broadcast


def orders(*numbers: int) -> list[OrderId]:
    return [OrderId(UUID(int=number)) for number in numbers]


async def test_orders_that_nobody_could_be_told_of_are_one_line(broadcast: Broadcast) -> None:
    afterwards = Afterwards(Notebook(), broadcast)
    afterwards.note_unhinted(orders(1), "a" * 32)
    afterwards.note_unhinted(orders(2, 3, 4, 5, 6, 7), "b" * 32)

    with structlog.testing.capture_logs() as lines:
        await afterwards.flush()
        await afterwards.flush()

    [line] = lines
    assert (line["event"], line["orders"]) == ("hints_unavailable", 7)
    assert line["order_ids"] == ",".join(map(str, orders(1, 2, 3, 4, 5)))
    assert line["trace_ids"] == f"{'a' * 32},{'b' * 32}"


async def test_notes_of_many_alerts_are_one_write(broadcast: Broadcast) -> None:
    notebook = Notebook()
    afterwards = Afterwards(notebook, broadcast)
    afterwards.note_hinted(orders(1))
    afterwards.note_hinted(orders(2, 3))

    await afterwards.flush()
    await afterwards.flush()

    assert notebook.marked == [orders(1, 2, 3)]


async def test_user_is_woken_once_for_many_events(broadcast: Broadcast) -> None:
    afterwards, user = Afterwards(Notebook(), broadcast), a_user()
    async with broadcast.listen(events_topic(user)) as wakes:
        for _ in range(5):
            afterwards.stir(user)
        await afterwards.flush()
        stream = aiter(wakes)
        with anyio.fail_after(1):
            first = await anext(stream)
        with anyio.move_on_after(0.01) as second:
            await anext(stream)

    assert first == b""
    assert second.cancelled_caught


async def test_record_that_is_away_costs_the_notes_and_nothing_else(
    broadcast: Broadcast,
) -> None:
    notebook = Notebook()
    afterwards = Afterwards(notebook, broadcast)
    notebook.is_away = True
    afterwards.note_hinted(orders(1))
    await afterwards.flush()

    notebook.is_away = False
    afterwards.note_hinted(orders(2))
    await afterwards.flush()

    assert notebook.marked == [orders(2)]


async def test_bus_that_is_away_does_not_keep_the_notes_from_the_record(
    broadcast: Broadcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Any:
        raise TransportUnavailableError

    notebook = Notebook()
    afterwards = Afterwards(notebook, broadcast)
    monkeypatch.setattr(broadcast, "announce", away)
    afterwards.stir(a_user())
    afterwards.note_hinted(orders(1))

    await afterwards.flush()

    assert notebook.marked == [orders(1)]


async def test_what_is_noted_while_it_writes_is_written_next(broadcast: Broadcast) -> None:
    notebook = Notebook()
    afterwards = Afterwards(notebook, broadcast)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(afterwards.run)
        afterwards.note_hinted(orders(1))
        while len(notebook.marked) < 1:
            await anyio.lowlevel.checkpoint()
        afterwards.note_hinted(orders(2))
        with anyio.fail_after(2):
            while len(notebook.marked) < 2:
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()

    assert notebook.marked == [orders(1), orders(2)]


class Awaited(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.written = anyio.Event()

    def write(self, text: str) -> int:
        self.written.set()
        return super().write(text)


async def test_lines_of_alerts_are_written_soon(broadcast: Broadcast) -> None:
    stream = Awaited()
    afterwards = Afterwards(Notebook(), broadcast, a_line(stream))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(afterwards.run)
        afterwards.log("accepted")
        afterwards.log("duplicate")
        with anyio.fail_after(10):
            await stream.written.wait()
        tasks.cancel_scope.cancel()

    assert len(stream.getvalue().splitlines()) == 2


async def test_lines_of_alerts_are_written_at_the_end(broadcast: Broadcast) -> None:
    stream = io.StringIO()
    afterwards = Afterwards(Notebook(), broadcast, a_line(stream))
    afterwards.log("accepted")

    await afterwards.flush()

    assert len(stream.getvalue().splitlines()) == 1


def a_line(stream: io.StringIO) -> PreparedLine:
    return PreparedLine(
        ("outcome",),
        {"event": "alert"},
        redactor=Redactor(),
        render=lambda events: "\n".join(map(str, events)),
        write=structlog.WriteLogger(stream).msg,
    )
