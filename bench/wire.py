"""Counts the round trips to PostgreSQL: a relay that looks for the server's "ready for query"."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
_READY = ord("Z")
_HEAD_BYTES = 5
_CHUNK = 65_536
_PORT = 5432
_SOCKET = f".s.PGSQL.{_PORT}"


class Counter:
    """Counts how often the server has finished what it was asked.

    Attributes:
        round_trips: The count so far, of all connections.
    """

    def __init__(self) -> None:
        self.round_trips = 0
        self._rest: dict[int, bytes] = {}

    def take(self, connection: int, chunk: bytes) -> None:
        """Take in what the server said on one connection."""
        received = self._rest.get(connection, b"") + chunk
        at = 0
        while at + _HEAD_BYTES <= len(received):
            length = 1 + int.from_bytes(received[at + 1 : at + _HEAD_BYTES])
            if at + length > len(received):
                break
            self.round_trips += received[at] == _READY
            at += length
        self._rest[connection] = received[at:]


@asynccontextmanager
async def counted(database_url: str) -> AsyncGenerator[tuple[str, Counter]]:
    """Stand between a store and its server; yields the URL to use, and the counter."""
    counter = Counter()

    async def serve(from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        from_server, to_server = await _connect(database_url)
        connection = id(to_client)
        asked = asyncio.create_task(_pass(from_client, to_server, _nothing))
        await _pass(from_server, to_client, lambda chunk: counter.take(connection, chunk))
        await asked

    with TemporaryDirectory(prefix="fourpass-bench-") as folder:
        async with await asyncio.start_unix_server(serve, Path(folder) / _SOCKET):
            parts = urlsplit(database_url)
            netloc = f"{parts.netloc.rpartition('@')[0]}@"
            query = f"host={folder}&port={_PORT}"
            yield urlunsplit((parts.scheme, netloc, parts.path, query, "")), counter


async def _connect(database_url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(database_url)
    folder = parse_qs(parts.query).get("host")
    if folder:
        return await asyncio.open_unix_connection(Path(folder[0]) / _SOCKET)
    return await asyncio.open_connection(parts.hostname, parts.port or _PORT)


async def _pass(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, look: Callable[[bytes], None]
) -> None:
    """Pass on what one side says until it hangs up; then the other one is hung up on."""
    try:
        while chunk := await source.read(_CHUNK):
            look(chunk)
            sink.write(chunk)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()


def _nothing(_: bytes) -> None:
    """Look at nothing."""
