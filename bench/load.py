"""Alerts as fast as they are answered, or at a rate whatever the answers; HTTP/1.1 by hand.

An HTTP library would take more time than the server that is measured. Each connection has one
request under way and no more, as TradingView's have.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING, cast

import msgspec
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

HOST = "127.0.0.1"

_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length:"
_HEAD = (
    "POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json; charset=utf-8\r\n"
    "accept-encoding: gzip\r\nuser-agent: Go-http-client/1.1\r\ncontent-length: %d\r\n\r\n"
)


class Answer(msgspec.Struct, frozen=True):
    """A server's reply."""

    status: int
    body: bytes


class LoadError(Exception):
    """A server answered what no measured alert may be answered, or hung up."""


class HttpConnection(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._closed = asyncio.Event()

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for the whole reply."""
        if self._transport is None:
            raise LoadError("the server hung up")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    async def aclose(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()
        await self._closed.wait()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._received += data
        answer = read_answer(self._received)
        if answer is not None and self._waiting is not None:
            self._received = b""
            self._waiting.set_result(answer)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._closed.set()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(LoadError("the server hung up"))


def read_answer(received: bytes) -> Answer | None:
    """Return the reply in these bytes, or `None` while it is not whole."""
    head, ends, body = received.partition(_HEAD_ENDS)
    if not ends:
        return None
    at = head.lower().find(_LENGTH)
    length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return Answer(int(head[9:12]), body) if len(body) >= length else None


def post(path: str, body: str) -> bytes:
    """Return a request as it goes over the wire."""
    return (_HEAD % (path, len(body.encode()))).encode() + body.encode()


@asynccontextmanager
async def connections(port: int, count: int) -> AsyncGenerator[list[HttpConnection]]:
    """Open connections to a server of this machine."""
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(HttpConnection, HOST, port))[1] for _ in range(count)]
    try:
        yield opened
    finally:
        for connection in opened:
            await connection.aclose()


async def listens(port: int) -> bool:
    """Say whether a server of this machine takes connections."""
    try:
        async with connections(port, 1):
            return True
    except ConnectionRefusedError:
        return False


async def saturate(
    opened: Sequence[HttpConnection], make: Callable[[], bytes], *, total: int
) -> float:
    """Send this many requests, each as soon as a connection is free; return the seconds taken."""
    left = total

    async def one_after_another(connection: HttpConnection) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            require_accepted(await connection.ask(make()))

    began = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for connection in opened:
            tasks.create_task(one_after_another(connection))
    return perf_counter() - began


async def send_at_rate(
    opened: Sequence[HttpConnection],
    make: Callable[[], bytes],
    *,
    per_second: float,
    total: int,
    on_answer: Callable[[float, float, Answer], None],
) -> None:
    """Send at fixed instants, however slow the answers are (an open loop).

    Args:
        opened: Enough connections that one is always free; else a request waits for one, and that
            wait counts.
        make: Makes the next request.
        per_second: The rate.
        total: How many.
        on_answer: Called with when it was to be sent, when it was answered, and the answer.
    """
    free = deque(opened)
    has_free = asyncio.Semaphore(len(opened))

    async def one(intended: float, request: bytes) -> None:
        async with has_free:
            connection = free.popleft()
            answer = await connection.ask(request)
            free.append(connection)
        require_accepted(answer)
        on_answer(intended, perf_counter(), answer)

    began = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(total):
            intended = began + number / per_second
            await asyncio.sleep(max(0.0, intended - perf_counter()))
            tasks.create_task(one(intended, make()))


def require_accepted(answer: Answer) -> None:
    """Refuse to count anything but a 202."""
    if answer.status != 202:
        msg = f"{answer.status} {answer.body[:300]!r}"
        raise LoadError(msg)
