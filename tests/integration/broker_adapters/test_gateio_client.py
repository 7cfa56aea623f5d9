"""The HTTP driver: what provably never left, and that nothing is sent twice."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.abc import SocketAttribute

from broker_adapters.gateio.client import AiohttpClient
from broker_adapters.gateio.errors import NeverSentError, ReplyLostError
from broker_adapters.gateio.port import Reply, Request
from infra.local.doubles.gateio.http import Incoming, read_request, rendered

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import SocketStream

pytestmark = pytest.mark.anyio

POST = Request(method="POST", target="/api/v4/spot/orders", headers={"KEY": "k"}, body=b"{}")
DELETE = Request(method="DELETE", target="/api/v4/spot/orders/1", headers={})


class Answering:
    """A server that answers every request with the same bytes, and remembers what came."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.came: list[Incoming] = []
        self.url = ""

    async def serve(self, stream: SocketStream) -> None:
        async with stream:
            while (request := await read_request(stream)) is not None:
                self.came.append(request)
                if self.answer is None:
                    return
                await stream.send(self.answer)


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncGenerator[Answering]:
    server = Answering(answer)
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
    server.url = f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}"
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, server.serve)
        yield server
        tasks.cancel_scope.cancel()


async def exchanged(url: str, request: Request = POST, *, times: int = 1) -> Reply:
    client = AiohttpClient(url)
    try:
        for _ in range(times - 1):
            await client.exchange(request, patience=2)
        return await client.exchange(request, patience=2)
    finally:
        await client.aclose()


async def test_reply_comes_back_whole() -> None:
    async with answering(rendered(201, b'{"id":"1"}', {"X-Gate-Trace": "7"})) as server:
        reply = await exchanged(server.url)

    assert (reply.status, reply.body) == (201, b'{"id":"1"}')
    assert reply.headers["x-gate-trace"] == "7"


async def test_path_and_query_go_out_as_they_were_signed() -> None:
    request = Request(method="GET", target="/api/v4/a/t-1_.-?x=a%20b&y=%2F", headers={})
    async with answering(rendered(200, b"{}")) as server:
        await exchanged(server.url, request)

    assert server.came[0].target == request.target


async def test_refused_connection_never_left() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        with pytest.raises(NeverSentError):
            await exchanged(f"http://127.0.0.1:{port}")


async def test_unknown_host_never_left() -> None:
    with pytest.raises(NeverSentError):
        await exchanged("http://nowhere.invalid")


async def test_broken_handshake_never_left() -> None:
    async with answering(None) as server:
        with pytest.raises(NeverSentError):
            await exchanged(server.url.replace("http:", "https:"))


async def test_connection_that_ends_without_an_answer_is_lost() -> None:
    async with answering(None) as server:
        with pytest.raises(ReplyLostError):
            await exchanged(server.url)

    assert len(server.came) == 1


@pytest.mark.parametrize("request_", [POST, DELETE], ids=["post", "delete"])
async def test_request_on_a_connection_that_breaks_is_not_sent_again(request_: Request) -> None:
    """Kept alive, then closed without an answer: a driver may be tempted to repeat."""
    async with answering(rendered(200, b"{}")) as server:
        client = AiohttpClient(server.url)
        await client.exchange(request_, patience=2)
        server.answer = None

        with pytest.raises(ReplyLostError):
            await client.exchange(request_, patience=2)
        await client.aclose()

    assert len(server.came) == 2


async def test_answer_that_does_not_come_is_lost_in_time() -> None:
    async with answering(b"") as server:
        client = AiohttpClient(server.url)
        with pytest.raises(ReplyLostError):
            await client.exchange(POST, patience=0.1)
        await client.aclose()

    assert len(server.came) == 1


@pytest.mark.parametrize("length", [5, 5_000])
async def test_answer_that_is_cut_is_lost(length: int) -> None:
    async with answering(rendered(201, b"{}", {"Connection": "close"}, length=length)) as server:
        client = AiohttpClient(server.url)
        with pytest.raises(ReplyLostError):
            await client.exchange(POST, patience=0.3)
        await client.aclose()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(status: int) -> None:
    async with answering(rendered(status, b"", {"Location": "/elsewhere"})) as server:
        reply = await exchanged(server.url)

    assert reply.status == status
    assert len(server.came) == 1


async def test_nonsense_is_lost() -> None:
    async with answering(b"SSH-2.0-OpenSSH\r\n\r\n") as server:
        with pytest.raises(ReplyLostError):
            await exchanged(server.url)


async def test_answer_without_end_is_not_taken_in() -> None:
    body = b" " * (9 * 2**20)
    async with answering(rendered(200, body)) as server:
        with pytest.raises(ReplyLostError):
            await exchanged(server.url)


async def test_client_is_used_again_after_it_was_closed() -> None:
    async with answering(rendered(200, b"{}")) as server:
        client = AiohttpClient(server.url)
        await client.exchange(POST, patience=2)
        await client.aclose()
        await client.aclose()

        assert (await client.exchange(POST, patience=2)).status == 200
        await client.aclose()


async def test_connection_is_kept_for_the_next_request() -> None:
    async with answering(rendered(200, b"{}")) as server:
        await exchanged(server.url, times=5)

    assert len(server.came) == 5


def test_request_shows_no_header() -> None:
    assert "'k'" not in repr(POST)
    assert "KEY" not in repr(POST)
