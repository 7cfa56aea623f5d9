"""Who sends a request drop by drop is hung up on, and keeps nobody else waiting."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest

from edge import serving
from edge.door import slow_callers
from edge.door.slow_callers import BoundedProtocol, SlowCallers
from edge.serving import EdgeServer, server_config
from tests.unit.edge.house import KEY

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import SocketStream

    from tests.unit.edge.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

HEAD = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
UNFINISHED = {
    "nothing at all": b"",
    "half a line": b"GET /health",
    "a head without its end": HEAD + b"X-A: b\r\n",
    "a body that is announced": b"POST /api/orders HTTP/1.1\r\nHost: x\r\n"
    b"Content-Length: 99\r\n\r\n{",
    "a body that nobody asked for": HEAD + b"Content-Length: 99\r\n\r\n{",
    "a chunk that is announced": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_callers, "SLOWEST_REQUEST_S", 1.5)
    monkeypatch.setattr(serving, "_TICKS_OF_A_LOOK", 1)


@asynccontextmanager
async def served(house: House) -> AsyncGenerator[int]:
    config = server_config(house.app)
    config.lifespan = "off"
    server = EdgeServer(config, house.app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [listener])
            yield port
            server.should_exit = True


async def hangs_up(wire: SocketStream) -> bytes:
    """Return what the server said until it hung up."""
    said = b""
    with anyio.fail_after(20):
        while True:
            try:
                said += await wire.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return said


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED.keys())
async def test_request_that_is_never_whole_is_hung_up_on(house: House, sent: bytes) -> None:
    async with served(house) as port, await anyio.connect_tcp("127.0.0.1", port) as wire:
        if sent:
            await wire.send(sent)

        said = await hangs_up(wire)

    assert said == b"" or said.startswith((b"HTTP/1.1 200", b"HTTP/1.1 401"))


async def test_second_request_that_is_never_whole_is_hung_up_on(house: House) -> None:
    async with served(house) as port, await anyio.connect_tcp("127.0.0.1", port) as wire:
        await wire.send(HEAD + b"\r\n")
        first = await wire.receive()
        await wire.send(HEAD)

        rest = await hangs_up(wire)

    assert first.startswith(b"HTTP/1.1 200")
    assert b"HTTP" not in rest


async def test_drops_do_not_prolong_it(house: House) -> None:
    async with served(house) as port, await anyio.connect_tcp("127.0.0.1", port) as wire:
        await wire.send(HEAD)
        drops = 0
        with anyio.fail_after(20):
            try:
                while True:
                    await wire.send(b"X-Drop: 1\r\n")
                    await anyio.sleep(0.05)
                    drops += 1
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                pass

    assert drops > 1


async def test_others_are_served_while_a_hundred_send_drop_by_drop(house: House) -> None:
    async with served(house) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as one:
        wires = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(100)]
        for wire in wires:
            await wire.send(HEAD + b"X-A: ")

        answers = [(await one.get("/health/live")).status_code for _ in range(20)]
        for wire in wires:
            await hangs_up(wire)
            await wire.aclose()

    assert answers == [200] * 20


async def test_connection_that_rests_between_requests_is_left_alone(house: House) -> None:
    async with served(house) as port, await anyio.connect_tcp("127.0.0.1", port) as wire:
        await wire.send(HEAD + b"\r\n")
        first = await wire.receive()
        await anyio.sleep(3)
        await wire.send(HEAD + b"\r\n")
        second = await wire.receive()

    assert first.startswith(b"HTTP/1.1 200")
    assert second.startswith(b"HTTP/1.1 200")


async def test_head_that_never_ends_is_refused_by_its_size(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_callers, "SLOWEST_REQUEST_S", 3600.0)
    async with served(house) as port, await anyio.connect_tcp("127.0.0.1", port) as wire:
        await wire.send(HEAD + b"X-Long: ")
        sent = 0
        with anyio.fail_after(20):
            try:
                while sent < 16 * 1024 * 1024:
                    await wire.send(b"x" * 4096)
                    sent += 4096
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                pass

    assert sent < 8 * 1024 * 1024


async def test_heads_in_pieces_are_counted_each_for_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_callers, "SLOWEST_REQUEST_S", 3600.0)
    monkeypatch.setattr(slow_callers, "LONGEST_HEAD", 500)
    async with served(house) as port, await anyio.connect_tcp("127.0.0.1", port) as wire:
        answers: list[bytes] = []
        for _ in range(30):
            await wire.send(HEAD)
            await anyio.sleep(0.01)
            await wire.send(b"\r\n")
            with anyio.fail_after(10):
                answers.append(await wire.receive())

    assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}


async def test_body_in_pieces_is_no_head(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_callers, "SLOWEST_REQUEST_S", 3600.0)
    monkeypatch.setattr(slow_callers, "LONGEST_HEAD", 500)
    head = (
        f"POST /api/signals/explain HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
        "Content-Length: 3000\r\n\r\n"
    )
    async with served(house) as port, await anyio.connect_tcp("127.0.0.1", port) as wire:
        await wire.send(head.encode())
        for _ in range(30):
            await wire.send(b" " * 100)
            await anyio.sleep(0.01)

        with anyio.fail_after(10):
            answer = await wire.receive()

    assert b"The head of the request" not in answer
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))
    assert b"empty" in answer or b"code" in answer


class Cycle:
    """A request that is on its way."""

    more_body = True
    response_complete = False


class Transport:
    """A socket that can be hung up on."""

    is_aborted = False

    def abort(self) -> None:
        self.is_aborted = True


def test_each_request_of_a_connection_has_its_own_time() -> None:
    connection, callers = BoundedProtocol.__new__(BoundedProtocol), SlowCallers()
    connection.transport = transport = Transport()  # pyright: ignore[reportAttributeAccessIssue] - all of it that is used
    connection.cycle = Cycle()  # pyright: ignore[reportAttributeAccessIssue] - as above
    callers.hang_up([connection], 0.0)
    connection.cycle = Cycle()  # pyright: ignore[reportAttributeAccessIssue] - as above
    callers.hang_up([connection], 1.0)

    assert callers.hang_up([connection], 2.0) == 0
    assert callers.hang_up([connection], 2.6) == 1
    assert transport.is_aborted


async def test_many_requests_of_one_connection_are_no_long_head(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_callers, "LONGEST_HEAD", 500)
    async with served(house) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as one:
        answers = [(await one.get("/health/live")).status_code for _ in range(50)]

    assert answers == [200] * 50
