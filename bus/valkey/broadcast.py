"""Wake-ups over pub/sub: one connection for all listeners of a process."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
import hiredis
from typing_extensions import override

from bus.base import Broadcast
from bus.errors import TransportUnavailableError
from bus.inbox import MISSED, Inbox
from bus.valkey.connection import PushConnection
from bus.valkey.dialling import Backoff
from bus.valkey.faults import as_error
from bus.valkey.scripts import Script
from bus.valkey.wire import pack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from bus.valkey.client import Client
    from bus.valkey.connection import Connection

_HEARTBEAT_SECONDS = 5.0
_PING = pack("PING")
_ANNOUNCE = Script("announce")


class ValkeyBroadcast(Broadcast):
    """Topics and their listeners; a task keeps the connection from the first listener on."""

    def __init__(self, client: Client, *, timeout: float) -> None:
        self._client = client
        self._timeout = timeout
        self._inboxes: dict[str, set[Inbox]] = {}
        self._connection: Connection | None = None
        self._is_tried = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @override
    async def announce(self, topic: str, payload: bytes, *others: str) -> None:
        if others:
            await _ANNOUNCE.run(self._client, (topic,), payload, topic, *others)
        else:
            await self._client.call(topic, "PUBLISH", topic, payload)

    @override
    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        inbox = Inbox()
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        await self._is_tried.wait()
        self._inboxes.setdefault(topic, set()).add(inbox)
        try:
            # Should it fail, the keeper subscribes later and says that something was missed.
            with suppress(TransportUnavailableError):
                await self._subscribe(topic)
            yield inbox
        finally:
            self._leave(topic, inbox)

    async def aclose(self) -> None:
        """Stop listening."""
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        if self._connection is not None:
            self._connection.abort()
            await asyncio.sleep(0)

    async def _keep(self) -> None:
        backoff = Backoff()
        while True:
            try:
                connection = await self._connect()
                backoff.reset()
                await self._until_lost(connection)
            except TransportUnavailableError:
                self._is_tried.set()
            await anyio.sleep(backoff.grow())

    async def _connect(self) -> Connection:
        connection = await self._client.dial(None, self._make)
        self._connection = connection
        # Whoever comes from here on subscribes for himself; these listened before.
        earlier = [inbox for inboxes in self._inboxes.values() for inbox in inboxes]
        subscribed = [connection.send(pack("SUBSCRIBE", topic)) for topic in self._inboxes]
        self._is_tried.set()
        for answer in subscribed:
            if isinstance(await answer, hiredis.ReplyError):
                connection.abort()
                raise TransportUnavailableError("the server refused a subscription")
        for inbox in earlier:
            inbox.put(MISSED)
        return connection

    async def _until_lost(self, connection: Connection) -> None:
        while not connection.is_lost:
            with anyio.move_on_after(_HEARTBEAT_SECONDS):
                await asyncio.shield(connection.lost)
            if not connection.is_lost:
                await connection.send(_PING)

    async def _subscribe(self, topic: str) -> None:
        if self._connection is not None and not self._connection.is_lost:
            reply = await self._connection.send(pack("SUBSCRIBE", topic))
            if isinstance(reply, hiredis.ReplyError):
                raise as_error(reply)

    def _leave(self, topic: str, inbox: Inbox) -> None:
        others = self._inboxes[topic]
        others.discard(inbox)
        if others:
            return
        del self._inboxes[topic]
        if self._connection is not None:
            with suppress(TransportUnavailableError):
                self._connection.send(pack("UNSUBSCRIBE", topic))

    def _make(self) -> PushConnection:
        return PushConnection(timeout=self._timeout, on_message=self._arrived)

    def _arrived(self, topic: bytes, payload: bytes) -> None:
        for inbox in self._inboxes.get(topic.decode(), ()):
            inbox.put(payload)
