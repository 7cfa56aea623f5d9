"""A TCP proxy that counts, cuts, swallows and ends TLS: faults and figures for a test."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator

_CHUNK = 1 << 20


class Proxy:
    """Stands between clients and one server.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        accepted: Connections so far.
        bursts: Reads of bytes that clients sent; one write of a small command is one.
        round_trips: How often the clients' bytes followed upon the server's.
        swallows_replies: Drop what the server sends.
    """

    def __init__(self, host: str, port: int) -> None:
        self.port = 0
        self.accepted = 0
        self.bursts = 0
        self.round_trips = 0
        self.swallows_replies = False
        self._server = (host, port)
        self._is_answered = True
        self._open: set[asyncio.StreamWriter] = set()
        self._mute: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def open_connections(self) -> int:
        """How many clients are connected."""
        return len(self._open) // 2

    def reset_counts(self) -> None:
        """Count from here on."""
        self.accepted = self.bursts = self.round_trips = 0
        self._is_answered = True

    def mute(self) -> None:
        """Drop what the server sends on the connections that are open now, and on no later one."""
        self._mute |= self._open

    def cut(self) -> None:
        """Break every connection."""
        for writer in self._open:
            writer.transport.abort()

    async def ended(self) -> None:
        """Wait until every connection has been taken down."""
        await asyncio.gather(*self._serving, return_exceptions=True)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin to carry a client's bytes."""
        task = asyncio.create_task(self.serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one client's bytes until either side ends."""
        self.accepted += 1
        try:
            server_reader, server_writer = await asyncio.open_connection(*self._server)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, server_writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._to_server(reader, server_writer))
                tasks.create_task(self._to_client(server_reader, writer))
        except* (OSError, _EndedError):
            pass
        finally:
            self._open -= {writer, server_writer}
            self._mute -= {writer, server_writer}
            writer.transport.abort()
            server_writer.transport.abort()

    async def _to_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while received := await reader.read(_CHUNK):
            self.bursts += 1
            self.round_trips += self._is_answered
            self._is_answered = False
            writer.write(received)
            await writer.drain()
        raise _EndedError

    async def _to_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while received := await reader.read(_CHUNK):
            self._is_answered = True
            if not self.swallows_replies and writer not in self._mute:
                writer.write(received)
                await writer.drain()
        raise _EndedError


class _EndedError(Exception):
    """One side hung up."""


@asynccontextmanager
async def running_proxy(
    host: str, port: int, *, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Proxy, None]:
    """Run a proxy on a free port; with `tls` it is the end of TLS, and plain towards the server."""
    proxy = Proxy(host, port)
    listening = await asyncio.start_server(proxy.accept, "127.0.0.1", 0, ssl=tls, limit=_CHUNK)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()
        proxy.cut()
        await proxy.ended()
        await listening.wait_closed()
