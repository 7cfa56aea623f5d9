"""Commands to a Valkey server over one shared connection, which is made anew when it was lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import hiredis
from typing_extensions import override

from bus.errors import TransportUnavailableError
from bus.valkey.dialling import Backoff
from bus.valkey.faults import as_error, is_elsewhere
from bus.valkey.wire import pack
from telemetry.vitals import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.valkey.connection import Connection, Reply
    from bus.valkey.dialling import Dialler
    from bus.valkey.wire import Word


class Client(Protocol):
    """What the ports need of a server or a cluster. Nothing here repeats a command that was sent.

    Every method raises `TransportUnavailableError` when the server is away, was lost before it
    answered, or says that it cannot serve now.
    """

    async def call(self, key: str, *words: Word) -> Reply:
        """Send one command to the server that holds the key, and return its reply.

        Raises:
            RefusedError: The server refused the command.
        """
        ...

    async def ask(self, key: str, packed: bytes) -> Reply:
        """Send one packed command; an error reply that is no redirection is returned."""
        ...

    async def dial(
        self, key: str | None, factory: Callable[[], Connection] | None = None
    ) -> Connection:
        """Open a connection of one's own, to the server that holds the key."""
        ...

    def mistrust(self) -> None:
        """Look up again which server holds what, before the next command."""
        ...

    def usage(self) -> Usage:
        """Say how the connections are used; nobody is asked."""
        ...

    async def aclose(self) -> None:
        """Close; what waits for an answer fails."""
        ...


class Node:
    """One server, and the connection to it that all callers share.

    While it cannot be reached, callers fail at once but for one try per back-off.
    """

    def __init__(self, dialler: Dialler, host: str | None = None, port: int | None = None) -> None:
        self._dialler = dialler
        self._host = host
        self._port = port
        self._lock = asyncio.Lock()
        self._connection: Connection | None = None
        self._backoff = Backoff()
        self._not_before = 0.0

    async def send(self, packed: bytes, replies: int = 1) -> Reply:
        """Send packed commands and return the reply or replies, errors among them."""
        connection = self._connection
        if connection is None or connection.is_lost:
            connection = await self._connected()
        while connection.is_full:
            await connection.room()
            if connection.is_lost:
                raise TransportUnavailableError("the connection was lost before sending")
        reply = await connection.send(packed, replies)
        if isinstance(reply, hiredis.ReplyError) and is_elsewhere(reply):
            connection.abort()
        return reply

    async def dial(self, factory: Callable[[], Connection] | None = None) -> Connection:
        """Open a connection of one's own."""
        return await self._dialler.dial(self._host, self._port, factory=factory)

    def usage(self) -> Usage:
        """Say whether the shared connection stands, and how many wait for replies on it."""
        connection = self._connection
        if connection is None or connection.is_lost:
            return Usage(is_up=connection is None and not self._not_before, in_use=0, waiting=0)
        return Usage(is_up=True, in_use=1, waiting=connection.pending)

    def close(self) -> None:
        """Close; the next command would connect again."""
        if self._connection is not None:
            self._connection.abort()

    async def _connected(self) -> Connection:
        async with self._lock:
            if self._connection is not None and not self._connection.is_lost:
                return self._connection
            now = asyncio.get_running_loop().time()
            if now < self._not_before:
                raise TransportUnavailableError("the server is away")
            try:
                self._connection = await self.dial()
            except TransportUnavailableError:
                self._not_before = asyncio.get_running_loop().time() + self._backoff.grow()
                raise
            self._backoff.reset()
            return self._connection


class StandaloneClient(Client):
    """One server that holds every key."""

    def __init__(self, dialler: Dialler) -> None:
        self._node = Node(dialler)

    @override
    async def call(self, key: str, *words: Word) -> Reply:
        reply = await self._node.send(pack(*words))
        if isinstance(reply, hiredis.ReplyError):
            raise as_error(reply)
        return reply

    @override
    async def ask(self, key: str, packed: bytes) -> Reply:
        return await self._node.send(packed)

    @override
    async def dial(
        self, key: str | None, factory: Callable[[], Connection] | None = None
    ) -> Connection:
        return await self._node.dial(factory)

    @override
    def mistrust(self) -> None:
        pass

    @override
    def usage(self) -> Usage:
        return self._node.usage()

    @override
    async def aclose(self) -> None:
        self._node.close()
        # The loop closes the socket in its next turn.
        await asyncio.sleep(0)
