from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bench.load import (
    HOST,
    Answer,
    LoadError,
    connections,
    listens,
    post,
    read_answer,
    saturate,
    send_at_rate,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def a_server(reply: bytes) -> AsyncGenerator[tuple[int, list[bytes]]]:
    """Answer every request alike; yields the port, and the requests as they come."""
    heard: list[bytes] = []
    served: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        has_ended = asyncio.Event()
        served.append(has_ended)
        while request := await reader.read(4096):
            heard.append(request)
            writer.write(reply)
        writer.close()
        await writer.wait_closed()
        has_ended.set()

    async with await asyncio.start_server(serve, HOST, 0) as server:
        yield server.sockets[0].getsockname()[1], heard
        for has_ended in served:
            await has_ended.wait()


def test_request_says_how_long_its_body_is() -> None:
    assert b"content-length: 5\r\n\r\ncaf\xc3\xa9" in post("/webhook", "café")


def test_answer_is_read_when_it_is_whole() -> None:
    assert read_answer(ACCEPTED) == Answer(202, b"{}")


@pytest.mark.parametrize("length", range(len(ACCEPTED)))
def test_part_of_an_answer_is_none(length: int) -> None:
    assert read_answer(ACCEPTED[:length]) is None


async def test_saturation_sends_exactly_as_many_as_asked() -> None:
    async with a_server(ACCEPTED) as (port, heard), connections(port, 3) as opened:
        await saturate(opened, lambda: post("/", "x"), total=10)

    assert len(heard) == 10


async def test_answer_other_than_202_ends_the_run() -> None:
    async with a_server(REFUSED) as (port, _), connections(port, 1) as opened:
        with pytest.raises(ExceptionGroup) as raised:
            await saturate(opened, lambda: post("/", "x"), total=1)

    assert raised.group_contains(LoadError, match="503")


async def test_open_loop_intends_its_alerts_at_a_fixed_rate() -> None:
    intended: list[float] = []

    async with a_server(ACCEPTED) as (port, _), connections(port, 2) as opened:
        await send_at_rate(
            opened,
            lambda: post("/", "x"),
            per_second=1000,
            total=5,
            on_answer=lambda due, _answered, _answer: intended.append(due),
        )
    gaps = [later - earlier for earlier, later in itertools.pairwise(intended)]

    assert gaps == pytest.approx([0.001] * 4)


async def test_port_that_nobody_listens_on_is_told_from_one_that_somebody_does() -> None:
    async with a_server(ACCEPTED) as (port, _):
        while_open = await listens(port)

    assert (while_open, await listens(port)) == (True, False)
