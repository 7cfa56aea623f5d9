"""The port itself: slow and lying clients, streams, and the end of the process."""

from __future__ import annotations

import json
import sys
from time import monotonic
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.servers.keys import edge_keys
from tests.unit.edge.house import KEY, bearer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from tests.integration.edge.edges import Edge

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]


async def raw(edge: Edge, *parts: bytes, pause: float = 0) -> bytes:
    """Send bytes as they are and return what comes back until the server closes or falls silent."""
    answer = b""
    async with await anyio.connect_tcp("127.0.0.1", edge.port) as wire:
        for part in parts:
            await wire.send(part)
            await anyio.sleep(pause)
        with anyio.move_on_after(4):
            while b"\r\n\r\n" not in answer:
                answer += await wire.receive()
    return answer


async def test_body_that_never_ends_is_408_after_two_seconds(edge: Edge) -> None:
    began = monotonic()

    answer = await raw(
        edge,
        b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{" % edge.hook.encode(),
    )

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 1.5 < monotonic() - began < 3.5


async def test_large_body_is_413_and_the_client_hears_it(edge: Edge) -> None:
    for size in (16 * 1024 + 1, 100_000, 900_000):
        answer = await edge.client.post(edge.hook, content=b"x" * size)

        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_large_chunked_body_is_413(edge: Edge) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 1000

    answer = await edge.client.post(edge.hook, content=chunks())

    assert answer.status_code == 413


async def test_length_that_lies_is_no_way_in(edge: Edge) -> None:
    body = b"x" * 20_000
    answer = await raw(
        edge,
        b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" % edge.hook.encode(),
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
    )

    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_one_connection_serves_many_alerts(edge: Edge) -> None:
    statuses = [(await edge.alert(id=str(n))).status_code for n in range(20)]

    assert statuses == [202] * 20


async def test_senseless_host_is_400_in_our_shape(edge: Edge) -> None:
    answer = await edge.client.get("/health/live", headers={"Host": "a b"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_no_reply_names_the_server(edge: Edge) -> None:
    answer = await edge.get("/health/live")

    assert "server" not in answer.headers


async def test_stream_resumes_without_a_gap(edge: Edge) -> None:
    async with edge.client.stream("GET", "/api/stream", headers=bearer(KEY)) as stream:
        await edge.alert()
        await edge.alert()
        seen = await _ids(stream, 2)
    await edge.alert(action="sell")

    headers = bearer(KEY) | {"Last-Event-ID": str(seen[0])}
    async with edge.client.stream("GET", "/api/stream", headers=headers) as stream:
        rest = await _ids(stream, 2)

    assert stream.headers["content-type"].startswith("text/event-stream")
    assert rest == sorted(rest)
    assert set(seen) & set(rest) == {seen[1]}


async def test_stream_without_a_number_begins_now(edge: Edge) -> None:
    first = await edge.alert()

    async with edge.client.stream("GET", "/api/stream", headers=bearer(KEY)) as stream:
        second = await edge.alert(action="sell")
        told = await _told(stream)

    assert told == second.json()["orders"][0]["id"]
    assert told != first.json()["orders"][0]["id"]


async def test_told_to_stop_it_ends_at_once_although_a_stream_is_open(edge: Edge) -> None:
    async with edge.client.stream("GET", "/api/stream", headers=bearer(KEY)) as stream:
        assert stream.status_code == 200
        began = monotonic()
        exit_code = await anyio.to_thread.run_sync(edge.stop)

    assert exit_code == 0
    assert monotonic() - began < 5


async def test_alert_under_way_is_answered_before_it_stops(edge: Edge) -> None:
    body = b'{"ticker":"BTCUSDT","action":"buy","quantity":"1"}'
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (
        edge.hook.encode(),
        len(body),
    )
    async with (
        await anyio.connect_tcp("127.0.0.1", edge.port) as wire,
        anyio.create_task_group() as tasks,
    ):
        await wire.send(head + body[:10])
        await edge.get("/health/live")
        tasks.start_soon(anyio.to_thread.run_sync, edge.stop)
        while edge.process.poll() is None and await _listens(edge.port):  # noqa: ASYNC110 - a process is looked at from outside
            await anyio.sleep(0.02)
        await wire.send(body[10:])

        assert (await wire.receive()).startswith(b"HTTP/1.1 202 ")


async def _listens(port: int) -> bool:
    try:
        async with await anyio.connect_tcp("127.0.0.1", port):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_PORT", "http"),
        ("FOURPASS_DATABASE_URL", ""),
        ("FOURPASS_VALKEY_URL", "http://x"),
        ("FOURPASS_VAULT_PUBLIC_KEYS", ""),
        ("FOURPASS_VAULT_ORIGIN_KEYS", "/nowhere"),
        ("FOURPASS_LOG_LEVEL", "loud"),
        ("FOURPASS_SECRET_BOX_KEYS", ""),
        ("FOURPASS_SECRET_BOX_KEYS", "/nowhere"),
    ],
)
async def test_impossible_setting_is_named_and_exits_78(variable: str, value: str) -> None:
    environment = {
        "PATH": "",
        "FOURPASS_DATABASE_URL": "memory://",
        "FOURPASS_VALKEY_URL": "redis://127.0.0.1:1",
        **edge_keys(),
    }

    done = await anyio.run_process(
        [sys.executable, "-m", "edge.app"], env=environment | {variable: value}, check=False
    )

    assert done.returncode == 78
    assert variable.encode() in done.stderr


async def test_port_that_is_taken_is_said_and_exits_1(edge: Edge, record: str) -> None:
    done = await anyio.run_process(
        [sys.executable, "-m", "edge.app"],
        env={
            "PATH": "",
            "FOURPASS_PORT": str(edge.port),
            "FOURPASS_DATABASE_URL": record,
            "FOURPASS_VALKEY_URL": "redis://127.0.0.1:1",
            **edge_keys(),
        },
        check=False,
    )

    assert done.returncode == 1
    assert str(edge.port).encode() in done.stderr


async def _ids(stream: httpx.Response, count: int) -> list[int]:
    found: list[int] = []
    async for line in stream.aiter_lines():
        if line.startswith("id: "):
            found.append(int(line[4:]))
            if len(found) == count:
                break
    return found


async def _told(stream: httpx.Response) -> str:
    """Return the order of the first thing that a stream tells of."""
    async for line in stream.aiter_lines():
        if line.startswith("data: "):
            return json.loads(line[6:])["id"]
    raise AssertionError("the stream ended")


async def test_line_of_an_alert_names_its_orders_and_its_trace(edge: Edge) -> None:
    answer = (await edge.alert()).json()

    while '"event":"alert"' not in edge.log.read_text():  # noqa: ASYNC110 - lines come together
        await anyio.sleep(0.02)

    lines = [json.loads(line) for line in edge.log.read_text().splitlines()]
    [said] = [line for line in lines if line["event"] == "alert"]
    assert said["order_ids"] == answer["orders"][0]["id"]
    assert said["trace_id"] == answer["trace_id"]
    assert not any("color_message" in line for line in lines)
