"""What goes out together, and what becomes of each caller's part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from bus.errors import RefusedError, TransportUnavailableError
from bus.sqs.sending import MOST_BYTES, Sending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from types_aiobotocore_sqs.type_defs import SendMessageBatchRequestEntryTypeDef as Entry

    from bus.errors import BusError

pytestmark = pytest.mark.anyio


def an_entry(text: str, group: str | None = None) -> Entry:
    entry: Entry = {"Id": "", "MessageBody": text}
    if group is not None:
        entry["MessageGroupId"] = group
    return entry


class Queue:
    """Stores what it is sent; a closed one waits with its answer."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self.refused: dict[str, BusError] = {}
        self.failure: BusError | None = None
        self.open = anyio.Event()
        self.open.set()

    async def post(self, entries: Sequence[Entry]) -> Mapping[str, BusError]:
        self.requests.append([entry["MessageBody"] for entry in entries])
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        return {
            entry["Id"]: self.refused[entry["MessageBody"]]
            for entry in entries
            if entry["MessageBody"] in self.refused
        }

    def close(self) -> None:
        self.open = anyio.Event()


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def sending(queue: Queue) -> Sending:
    return Sending(queue.post)


async def test_who_comes_alone_is_sent_alone_and_at_once(queue: Queue, sending: Sending) -> None:
    await sending.send([an_entry("a")])

    assert queue.requests == [["a"]]


async def test_what_arrives_while_a_request_runs_goes_out_in_the_next(
    queue: Queue, sending: Sending
) -> None:
    queue.close()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sending.send, [an_entry("a")])
        await anyio.wait_all_tasks_blocked()
        for text in "bcd":
            tasks.start_soon(sending.send, [an_entry(text)])
        await anyio.wait_all_tasks_blocked()
        queue.open.set()

    assert [sorted(request) for request in queue.requests] == [["a"], ["b", "c", "d"]]


async def test_a_request_has_ten_entries_at_most(queue: Queue, sending: Sending) -> None:
    await sending.send([an_entry(str(number)) for number in range(23)])

    assert [len(request) for request in queue.requests] == [10, 10, 3]


async def test_a_request_stays_below_the_size_limit(queue: Queue, sending: Sending) -> None:
    large = "x" * (MOST_BYTES // 2)

    await sending.send([an_entry(large), an_entry(large), an_entry("small")])

    assert [len(request) for request in queue.requests] == [2, 1]


async def test_a_request_holds_one_entry_of_a_group(queue: Queue, sending: Sending) -> None:
    await sending.send([an_entry("a1", "a"), an_entry("a2", "a"), an_entry("b1", "b")])

    assert queue.requests == [["a1", "b1"], ["a2"]]


async def test_nothing_of_a_group_follows_one_that_was_not_stored(
    queue: Queue, sending: Sending
) -> None:
    queue.refused["a1"] = TransportUnavailableError("InternalError")

    with pytest.raises(TransportUnavailableError):
        await sending.send([an_entry("a1", "a"), an_entry("a2", "a")])

    assert queue.requests == [["a1"]]


async def test_one_refused_entry_fails_its_own_caller_alone(queue: Queue, sending: Sending) -> None:
    queue.refused["bad"] = RefusedError("InvalidMessageContents")
    told: list[str] = []

    async def send(text: str) -> None:
        try:
            await sending.send([an_entry(text)])
        except RefusedError:
            told.append(text)

    queue.close()
    async with anyio.create_task_group() as tasks:
        for text in ("good", "bad"):
            tasks.start_soon(send, text)
        await anyio.wait_all_tasks_blocked()
        queue.open.set()

    assert (len(queue.requests), told) == (1, ["bad"])


async def test_a_failed_request_fails_all_in_it_and_nobody_after(
    queue: Queue, sending: Sending
) -> None:
    queue.failure = TransportUnavailableError("away")
    with pytest.raises(TransportUnavailableError):
        await sending.send([an_entry("a")])
    queue.failure = None

    await sending.send([an_entry("b")])

    assert queue.requests == [["a"], ["b"]]


async def test_a_cancelled_caller_takes_no_other_with_it(queue: Queue, sending: Sending) -> None:
    queue.close()
    sent: list[str] = []

    async def send(text: str) -> None:
        await sending.send([an_entry(text)])
        sent.append(text)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sending.send, [an_entry("first")])
        await anyio.wait_all_tasks_blocked()
        leading = anyio.CancelScope()

        async def lead() -> None:
            with leading:
                await send("leader")

        tasks.start_soon(lead)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(send, "follower")
        await anyio.wait_all_tasks_blocked()
        queue.open.set()
        queue.close()
        await anyio.wait_all_tasks_blocked()
        leading.cancel()
        await anyio.wait_all_tasks_blocked()
        queue.open.set()

    assert sent == ["follower"]
    assert queue.requests == [["first"], ["leader", "follower"], ["follower"]]
