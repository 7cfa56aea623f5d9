"""A connection of one's own for a stream that blocks: dialled again whenever it was lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio
import hiredis

from bus.errors import TransportUnavailableError
from bus.valkey.dialling import Backoff
from bus.valkey.faults import as_error

if TYPE_CHECKING:
    from bus.valkey.client import Client
    from bus.valkey.connection import Connection, Reply


class Line:
    """One exchange at a time; a cancelled one is taken up again by the next, unless closed."""

    def __init__(self, client: Client, key: str) -> None:
        self._client = client
        self._key = key
        self._connection: Connection | None = None
        self._outstanding: asyncio.Future[Reply] | None = None
        self._backoff = Backoff()

    @property
    def is_open(self) -> bool:
        """Whether the next exchange goes over the connection of the last."""
        return self._connection is not None and not self._connection.is_lost

    async def exchange(self, packed: bytes, replies: int, *, wait: float = 0.0) -> list[Reply]:
        """Send commands and return their replies; with one outstanding, wait for that instead.

        Raises:
            TransportUnavailableError: The connection is lost or the server cannot serve; what was
                sent may have been executed.
            RefusedError: The server refused a command.
        """
        if self._outstanding is None:
            connection = await self._ready()
            self._outstanding = connection.send(packed, replies, wait=wait)
        try:
            received = await asyncio.shield(self._outstanding)
        except TransportUnavailableError:
            self._outstanding = None
            raise
        self._outstanding = None
        found: list[Reply] = [received] if replies == 1 else received
        for reply in found:
            if isinstance(reply, hiredis.ReplyError):
                self._client.mistrust()
                self.close()
                raise as_error(reply)
        self._backoff.reset()
        return found

    async def rest(self) -> None:
        """Wait a little after a failure, longer after each in a row."""
        await anyio.sleep(self._backoff.grow())

    def close(self) -> None:
        """Close the connection; the next exchange dials again."""
        if self._connection is not None:
            self._connection.abort()
        self._outstanding = None

    async def _ready(self) -> Connection:
        if self._connection is None or self._connection.is_lost:
            self._connection = await self._client.dial(self._key)
        return self._connection
