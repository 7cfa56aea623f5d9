"""A reply with one write says what the server would have said with two."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import anyio
import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from edge.alerts.replies import send_json
from edge.alerts.whole_reply import cycle_of
from tests.unit.edge.house import a_house, an_alert
from tests.unit.edge.test_slow_callers import served

pytestmark = pytest.mark.anyio

BODY = b'{"status":"accepted"}'
RETRY = ((b"retry-after", b"5"),)
POST = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b"


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


class Asked:
    """A request that waits for its reply."""

    def __init__(self, method: str = "POST", *, keep_alive: bool = True) -> None:
        self.wire = Wire()
        self.responses = 0
        log = logging.getLogger("test")
        scope: Any = {"type": "http", "method": method, "headers": []}
        self.cycle = RequestResponseCycle(
            scope, self.wire, FlowControl(self.wire), log, log, False,  # noqa: FBT003 - the server's own order
            [(b"date", b"Sun, 29 Nov 2026 23:00:00 GMT")], asyncio.Event(), False, keep_alive,  # noqa: FBT003 - likewise
            self._note,
        )  # fmt: skip

        # Typed by the server, as the application by its own types.
        self.send: Any = self.cycle.send

    def _note(self) -> None:
        self.responses += 1

    def state(self) -> tuple[bool, bool, int]:
        return self.cycle.response_complete, self.wire.is_closed, self.responses

    def said(self) -> tuple[bytes, list[bytes], bytes]:
        head, _, body = b"".join(self.wire.writes).partition(b"\r\n\r\n")
        status, *headers = head.split(b"\r\n")
        return status, sorted(headers), body


def by_messages(cycle: RequestResponseCycle) -> Any:
    """Return a `send` that is not known to be the server's."""

    async def send(message: Any) -> None:
        await cycle.send(message)

    return send


@pytest.mark.parametrize("method", ["POST", "HEAD"])
@pytest.mark.parametrize("keep_alive", [True, False])
@pytest.mark.parametrize(("status", "headers"), [(202, ()), (503, RETRY)])
async def test_one_write_says_what_two_messages_say(
    method: str, status: int, headers: Any, *, keep_alive: bool
) -> None:
    whole, parted = (Asked(method, keep_alive=keep_alive) for _ in range(2))

    await send_json(whole.send, status, BODY, headers)
    await send_json(by_messages(parted.cycle), status, BODY, headers)

    assert whole.said() == parted.said()
    assert whole.state() == parted.state()
    assert len(whole.wire.writes) == 1


async def test_caller_that_left_is_written_nothing() -> None:
    asked = Asked()
    asked.cycle.disconnected = True

    await send_json(asked.send, 202, BODY)

    assert (asked.wire.writes, asked.responses) == ([], 0)


async def test_request_is_answered_once() -> None:
    asked = Asked()

    for _ in range(2):
        await send_json(asked.send, 202, BODY)

    assert (len(asked.wire.writes), asked.responses) == (1, 1)


async def test_reply_waits_for_a_caller_that_reads_slowly() -> None:
    asked = Asked()
    asked.cycle.flow.pause_writing()
    before = [b"nobody looked"]

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(send_json, asked.send, 202, BODY)
        await anyio.wait_all_tasks_blocked()
        before[:] = asked.wire.writes
        asked.cycle.flow.resume_writing()

    assert (before, len(asked.wire.writes)) == ([], 1)


async def test_servers_send_is_known() -> None:
    asked = Asked()

    assert cycle_of(asked.send) is asked.cycle
    assert cycle_of(by_messages(asked.cycle)) is None


async def test_alerts_behind_one_another_are_answered_in_turn() -> None:
    body = b'{"ticker":"BTCUSDT","action":"buy","quantity":"1","price":"2","id":"%d"}'
    said = b""
    async with (
        a_house() as house,
        served(house) as port,
        await anyio.connect_tcp("127.0.0.1", port) as wire,
    ):
        requests = [POST % (house.hook.encode(), len(body) - 1, body % n) for n in range(3)]
        await wire.send(b"".join(requests))
        with anyio.fail_after(10):
            while said.count(b"HTTP/1.1 202 Accepted") < len(requests):
                said += await wire.receive()
        answered = await house.alert(an_alert(id="last"))

    assert said.count(b'"status":"accepted"') == len(requests)
    for name in answered.headers:
        assert said.lower().count(b"\r\n" + name.encode() + b": ") == len(requests)
