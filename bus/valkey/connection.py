"""One socket to a Valkey server.

All commands of one turn of the event loop leave in one write; replies come back in the order of
the commands. A command that was sent is never sent again: when the socket is lost, whatever was
not answered fails.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, cast

import hiredis
from typing_extensions import override

from bus.errors import TransportUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

Reply = Any  # what the wire holds: bytes, int, None, list, ReplyError; each caller narrows it

MAX_PENDING = 8192
_NOTHING = object()


class _Slot:
    """A command's place in the order of replies."""

    __slots__ = ("due", "future", "missing", "replies")

    def __init__(self, future: asyncio.Future[Reply], missing: int, due: float) -> None:
        self.future = future
        self.missing = missing
        self.due = due
        self.replies: list[Reply] | None = None if missing == 1 else []


class Connection(asyncio.Protocol):
    """A socket, the commands that wait for a reply, and a deadline for the oldest of them."""

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(notEnoughData=_NOTHING)
        self._transport: asyncio.Transport | None = None
        self._pending: deque[_Slot] = deque()
        self._outgoing: list[bytes] = []
        self._watch: asyncio.TimerHandle | None = None
        self._is_paused = False
        self._room: asyncio.Future[None] | None = None
        self.lost: asyncio.Future[None] = self._loop.create_future()

    @property
    def is_lost(self) -> bool:
        """Whether the socket is gone for good."""
        return self.lost.done()

    @property
    def pending(self) -> int:
        """How many commands wait for their replies."""
        return len(self._pending)

    @property
    def is_full(self) -> bool:
        """Whether a caller should wait for `room` before it sends more."""
        return self._is_paused or len(self._pending) >= MAX_PENDING

    def send(self, packed: bytes, replies: int = 1, *, wait: float = 0.0) -> asyncio.Future[Reply]:
        """Send packed commands at the end of this turn of the loop.

        Args:
            packed: One command, or several behind one another.
            replies: How many they are; the future of several gives a list.
            wait: Seconds that the server itself may hold the reply back (a blocking command).

        Raises:
            TransportUnavailableError: The socket is gone.
        """
        if self.lost.done():
            raise TransportUnavailableError("the connection is lost")
        future: asyncio.Future[Reply] = self._loop.create_future()
        due = self._loop.time() + self._timeout + wait
        self._pending.append(_Slot(future, replies, due))
        if self._watch is None:
            self._watch = self._loop.call_at(due, self._check)
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(packed)
        return future

    async def room(self) -> None:
        """Wait until the server has caught up; bounded by the time-out of its oldest command."""
        while self.is_full and not self.is_lost:
            if self._room is None:
                self._room = self._loop.create_future()
            await asyncio.shield(self._room)

    def abort(self) -> None:
        """Close at once; what is not answered fails."""
        if self._transport is not None:
            self._transport.abort()
        self._lose("the connection was closed")

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        reader = self._reader
        try:
            reader.feed(data)
            while (reply := reader.gets()) is not _NOTHING:
                self.take(reply)
        except hiredis.ProtocolError as error:
            self._lose(f"the server's bytes make no sense: {error}")
            self.abort()
        if self._room is not None and not self.is_full:
            self._make_room()

    def take(self, reply: Reply) -> None:
        """Give a reply to the command that waits longest."""
        pending = self._pending
        if not pending:
            self._lose("the server answered what nobody asked")
            self.abort()
            return
        slot = pending[0]
        if slot.replies is None:
            pending.popleft()
            if not slot.future.done():
                slot.future.set_result(reply)
            return
        slot.replies.append(reply)
        slot.missing -= 1
        if not slot.missing:
            pending.popleft()
            if not slot.future.done():
                slot.future.set_result(slot.replies)

    @override
    def pause_writing(self) -> None:
        self._is_paused = True

    @override
    def resume_writing(self) -> None:
        self._is_paused = False
        self._make_room()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(f"the connection is lost: {exc}" if exc else "the server hung up")

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is not None and not self.lost.done():
            self._transport.write(outgoing[0] if len(outgoing) == 1 else b"".join(outgoing))

    def _check(self) -> None:
        self._watch = None
        if not self._pending:
            return
        due = self._pending[0].due
        if due <= self._loop.time():
            self._lose("the server gave no answer in time")
            self.abort()
        else:
            self._watch = self._loop.call_at(due, self._check)

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.set_result(None)

    def _lose(self, why: str) -> None:
        if self.lost.done():
            return
        self.lost.set_result(None)
        if self._watch is not None:
            self._watch.cancel()
        self._make_room()
        pending, self._pending = self._pending, deque()
        for slot in pending:
            if not slot.future.done():
                slot.future.set_exception(TransportUnavailableError(why))
                # A caller that has left does not read it; the loop should not complain then.
                slot.future.exception()


class PushConnection(Connection):
    """A connection in subscriber mode: published messages arrive between the replies."""

    def __init__(self, *, timeout: float, on_message: Callable[[bytes, bytes], None]) -> None:
        super().__init__(timeout=timeout)
        self._on_message = on_message

    @override
    def take(self, reply: Reply) -> None:
        if isinstance(reply, list) and reply and reply[0] == b"message":
            _, topic, payload = cast("list[bytes]", reply)
            self._on_message(topic, payload)
        else:
            super().take(reply)
