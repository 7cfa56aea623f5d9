"""The floor: an empty ASGI answer, a socket's wake-up and two commits, and nothing else.

    python -m bench.peers.floor edge|worker SOCKET

The edge commits a row, wakes the worker by a datagram and answers; the worker commits the row's
change and would call the broker now. It recognises nobody, reads nothing and checks nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import uvicorn
import uvloop

from bus.ids import uuid7
from edge.serving import server_config, spare_the_collector

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS floor;
CREATE TABLE floor.orders (id uuid PRIMARY KEY, state text NOT NULL, called_at timestamptz)
"""
_INSERT = "INSERT INTO floor.orders VALUES ($1, 'queued')"
_CLAIM = "UPDATE floor.orders SET state = 'sending' WHERE id = $1 AND state = 'queued'"
_ANSWER = "UPDATE floor.orders SET state = 'filled', called_at = $2 WHERE id = $1"
_ID_BYTES = 16
_CONNECTIONS = 4


class FloorEdge:
    """The application."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection's life, or the server's."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await receive()
        order = uuid7()
        async with self._pool.acquire() as connection:
            await connection.execute(_INSERT, order)
        self._socket.sendto(order.bytes, self._path)
        reply = b'{"orders":["%s"]}' % str(order).encode()
        headers = [(b"content-length", b"%d" % len(reply))]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": reply})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with _pool() as pool:
            self._pool = pool
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _work(path: str) -> None:
    loop = asyncio.get_running_loop()
    woken = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    woken.setblocking(False)  # noqa: FBT003 - a socket's method takes it so
    woken.bind(path)
    async with _pool() as pool, asyncio.TaskGroup() as tasks:
        while True:
            order = UUID(bytes=await loop.sock_recv(woken, _ID_BYTES))
            tasks.create_task(_execute(pool, order))


async def _execute(pool: asyncpg.Pool[asyncpg.Record], order: UUID) -> None:
    async with pool.acquire() as connection:
        await connection.execute(_CLAIM, order)
        await connection.execute(_ANSWER, order, datetime.now(UTC))


def _pool() -> asyncpg.Pool[asyncpg.Record]:
    url = os.environ["FOURPASS_DATABASE_URL"]
    return asyncpg.create_pool(url, min_size=_CONNECTIONS, max_size=_CONNECTIONS, reset=_nothing)


async def _nothing(_: object) -> None:
    """Leave a connection as it is: what was done on it leaves nothing behind."""


def main(role: str, path: str) -> None:
    """Serve until told to stop."""
    if role == "worker":
        uvloop.run(_work(path))
        return
    config = server_config(FloorEdge(path))
    config.port = int(os.environ["FOURPASS_PORT"])
    spare_the_collector()
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
