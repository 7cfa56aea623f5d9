"""A user's live stream as server-sent events, read from the record and only woken by the bus.

Whatever a wake-up loses, the next look finds: no entry is skipped, and none is sent twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import anyio
import msgspec
from litestar import get
from litestar.params import HeaderParameter, QueryParameter
from litestar.types import ASGIApp

from bus.errors import BusError
from bus.topics import events_topic
from edge.api.stream_objects import read_objects
from edge.door.access import may_stay
from edge.door.guards import needs
from edge.errors import ApiError
from edge.given import Caller, PortsGiven
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from litestar.types import Receive, Scope, Send

    from edge.ports import Ports
    from handlers.records.access import Principal
    from handlers.records.views import StreamEvent

_BATCH = 100
_COMMENT_EVERY = 15.0
_LOOK_ANYWAY = 5.0
_LOOK_AGAIN = 1.0
_ASK_WITHOUT_A_KNOCK = 15.0
_SLOWEST = 30.0
_FAREWELL = 1.0
_ENCODER = msgspec.json.Encoder()
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
_HELLO = b"retry: 1000\n\n"
_COMMENT = b": still here\n\n"
_LONGEST_N = 18

LastEventId = Annotated[
    str | None,
    HeaderParameter(name="Last-Event-ID", description="The last `id` that was received."),
]
LastEventIdQuery = Annotated[
    str | None,
    QueryParameter(name="last_event_id", description="The same, for who cannot send the header."),
]


class EventStream:
    """One open stream, as an ASGI application: what happened after entry `n`, for ever."""

    def __init__(self, ports: Ports, principal: Principal, n: int) -> None:
        self._ports = ports
        self._principal = principal
        self._user = principal.user_id
        self._n = n
        self._bell = anyio.Event()
        self._is_dismissed = False

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Serve until the client leaves, may not stay, does not read, or the process stops."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._end_on_disconnect, receive, tasks.cancel_scope)
                tasks.start_soon(self._end_on_stop, tasks.cancel_scope)
                tasks.start_soon(self._end_without_access, tasks.cancel_scope)
                tasks.start_soon(self._listen)
                await self._serve(send)
                tasks.cancel_scope.cancel()
            if self._is_dismissed:
                await self._take_leave(send)
        finally:
            self._ports.streams.leave(self._user)

    async def _serve(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        try:
            await self._write(send, _HELLO)
            while True:
                await self._round(send)
        except TimeoutError:
            return

    async def _round(self, send: Send) -> None:
        """Send everything there is, then wait for more; a comment says that we are still here."""
        until_comment = anyio.current_time() + _COMMENT_EVERY
        while True:
            bell = self._bell
            try:
                await self._send_news(send)
            except StoreUnavailableError:
                await anyio.sleep(_LOOK_AGAIN)
            left = until_comment - anyio.current_time()
            if left <= 0:
                break
            with anyio.move_on_after(min(left, _LOOK_ANYWAY)):
                await bell.wait()
        await self._write(send, _COMMENT)

    async def _send_news(self, send: Send) -> None:
        while True:
            events = await self._ports.store.queries.stream_after(self._user, self._n, limit=_BATCH)
            objects = await read_objects(self._ports, self._user, events)
            for event in events:
                await self._write(send, _frame(event, objects[event.kind, event.object_id]))
                self._n = event.stream_n
            if len(events) < _BATCH:
                return

    async def _listen(self) -> None:
        """Ring the bell for every wake-up, and once when the listening begins."""
        while True:
            try:
                topic = events_topic(self._user)
                async with self._ports.bus.broadcast.listen(topic) as wakes:
                    self._ring()
                    async for _ in wakes:
                        self._ring()
            except BusError:
                await anyio.sleep(_LOOK_AGAIN)

    def _ring(self) -> None:
        bell, self._bell = self._bell, anyio.Event()
        bell.set()

    async def _write(self, send: Send, chunk: bytes) -> None:
        """Write, with a bound on how long a client may leave its window closed."""
        with anyio.fail_after(_SLOWEST):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def _take_leave(self, send: Send) -> None:
        """End the reply as replies end, so that the client knows it for no accident."""
        with anyio.move_on_after(_FAREWELL):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _end_on_stop(self, scope: anyio.CancelScope) -> None:
        await self._ports.streams.stopping.wait()
        self._is_dismissed = True
        scope.cancel()

    async def _end_without_access(self, scope: anyio.CancelScope) -> None:
        while True:
            knock = self._ports.streams.knock_of(self._user)
            try:
                if not await may_stay(self._ports, self._principal):
                    break
            except StoreUnavailableError:
                await anyio.sleep(_LOOK_AGAIN)
                continue
            with anyio.move_on_after(_ASK_WITHOUT_A_KNOCK):
                await knock.wait()
        self._is_dismissed = True
        scope.cancel()

    async def _end_on_disconnect(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()


def _frame(event: StreamEvent, body: msgspec.Struct | dict[str, object]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        event.stream_n,
        event.kind.encode("ascii"),
        _ENCODER.encode(body),
    )


@get("/api/stream", guards=[needs("read")], tags=["Live"], summary="Follow what happens")
async def follow(
    ports: PortsGiven,
    principal: Caller,
    last_event_id: LastEventId = None,
    last_event_id_query: LastEventIdQuery = None,
) -> ASGIApp:
    """Stream orders, fills, signals, workers and the switch as they change.

    `Last-Event-ID` goes on where a stream broke off, without a gap; without it, it begins now.
    """
    text = last_event_id or last_event_id_query
    user = principal.user_id
    position = await ports.store.streams.position(user)
    n = position.now if text is None else _read_n(text)
    if text is not None and n >= position.end:
        # Of a record that was put back to an earlier time: whoever waits there would hear nothing.
        raise _no_id()
    if not ports.streams.enter(user):
        raise ApiError(429, "too_many_streams", "You have too many streams open; close one.")
    return EventStream(ports, principal, n)


def _read_n(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_N:
        return int(text)
    raise _no_id()


def _no_id() -> ApiError:
    message = "This is no id that a stream gave."
    hint = "Open the stream without one, and read again what it tells of."
    return ApiError(400, "invalid_field", message, field="Last-Event-ID", hint=hint)


ROUTES = (follow,)
