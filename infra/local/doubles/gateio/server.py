"""Serves the double: one connection at a time each, and breaks off where the plan says."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
from anyio.abc import SocketAttribute

from infra.local.doubles.gateio import control
from infra.local.doubles.gateio.calls import Call
from infra.local.doubles.gateio.faults import Fault
from infra.local.doubles.gateio.http import Incoming, read_request, rendered
from infra.local.doubles.gateio.limits import TooFast
from infra.local.doubles.gateio.refusal import Refused
from infra.local.doubles.gateio.routes import PREFIX, PUBLIC, answer
from infra.local.doubles.gateio.signature import checked_key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import SocketStream

    from infra.local.doubles.gateio.venue import GateVenue

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_WORDS = {"status": "resting", "finish_as": "evaporated", "of_tomorrow": {"never": ["seen"]}}
_GONE = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream)
_PLACES = frozenset({f"{PREFIX}/spot/orders", f"{PREFIX}/futures/usdt/orders"})


class Hold:
    """Holds requests back until they are let go."""

    def __init__(self) -> None:
        self._gate = anyio.Event()
        self._done = anyio.Event()
        self.waiting = 0

    async def wait(self) -> None:
        """Wait to be let go."""
        self.waiting += 1
        await self._gate.wait()

    def done(self) -> None:
        """Say that one is done with."""
        self.waiting -= 1
        if not self.waiting:
            self._done.set()

    async def release(self) -> None:
        """Let all go, and wait until they are done with."""
        gate, done, waiting = self._gate, self._done, self.waiting
        self._gate, self._done = anyio.Event(), anyio.Event()
        gate.set()
        if waiting:
            self._done = done
            await done.wait()


class GateServer:
    """The double's doors."""

    def __init__(self, venue: GateVenue) -> None:
        self.venue = venue
        self.hold = Hold()
        self._connections: set[SocketStream] = set()

    async def serve(self, stream: SocketStream) -> None:
        """Serve one connection until either side ends it."""
        self._connections.add(stream)
        try:
            async with stream:
                while (request := await read_request(stream)) is not None:
                    if not await self._serve(stream, request):
                        return
        except (*_GONE, OSError):
            return
        finally:
            self._connections.discard(stream)

    async def cut(self) -> None:
        """End every connection."""
        for stream in tuple(self._connections):
            await stream.aclose()

    async def _serve(self, stream: SocketStream, request: Incoming) -> bool:
        """Answer one request; returns whether the connection may serve another."""
        if request.path.startswith(control.PREFIX):
            await stream.send(rendered(200, control.obey(self.venue, request)))
            return True
        fault = self._fault(request)
        if fault is Fault.DROP_BEFORE:
            return False
        if fault is Fault.FAIL_BEFORE:
            await stream.send(rendered(502, _HTML, {"Content-Type": "text/html"}))
            return True
        if fault is Fault.HOLD_BEFORE:
            await self.hold.wait()
        try:
            status, headers, shape = self._answer(request)
        finally:
            if fault is Fault.HOLD_BEFORE:
                self.hold.done()
        return await self._reply(stream, fault, (status, headers, shape))

    def _fault(self, request: Incoming) -> Fault | None:
        """Count an order's request, and return what is to become of it."""
        if request.method != "POST" or request.path not in _PLACES:
            return None
        try:
            text = msgspec.json.decode(request.body, type=dict[str, Any]).get("text")
        except msgspec.DecodeError:
            text = None
        market = self.venue.spot if "/spot/" in request.path else self.venue.perpetual
        market.ledger.posts[str(text)] += 1
        return self.venue.faults.take()

    def _answer(self, request: Incoming) -> tuple[int, dict[str, str], Any]:
        headers: dict[str, str] = {}
        try:
            key = self._key(request)
            headers = self.venue.limits.take(key, request, pair=_pair_of(request))
            call = Call(self.venue, key, request)
            status, shape = answer(call, request.method, request.path)
        except TooFast as refused:
            return refused.status, refused.headers, _words(refused)
        except Refused as refused:
            return refused.status, headers, _words(refused)
        except (ValueError, TypeError) as error:
            return 400, headers, {"label": "INVALID_PARAM_VALUE", "message": str(error)}
        return status, headers, shape

    def _key(self, request: Incoming) -> str:
        if request.method == "GET" and PUBLIC.fullmatch(request.path):
            return ""
        key = checked_key(request, self.venue.secrets, now=self.venue.clock.now())
        label = self.venue.forbidden.get(key)
        if label is not None:
            raise Refused(label)
        if self.venue.forbidden_paths.get(key, "\0") in request.path:
            raise Refused("FORBIDDEN", "the key may not do this")
        return key

    async def _reply(
        self, stream: SocketStream, fault: Fault | None, made: tuple[int, dict[str, str], Any]
    ) -> bool:
        status, headers, shape = made
        body = msgspec.json.encode(shape)
        match fault:
            case Fault.DROP_AFTER:
                return False
            case Fault.FAIL_AFTER | Fault.HTML_AFTER:
                status = 502 if fault is Fault.FAIL_AFTER else 201
                await stream.send(rendered(status, _HTML, {"Content-Type": "text/html"}))
                return True
            case Fault.TRUNCATE_AFTER:
                await stream.send(rendered(status, body[:-20], headers))
                return True
            case Fault.NEW_WORDS if status == 201:
                body = msgspec.json.encode({**shape, **_WORDS})
            case Fault.LATE_AFTER:
                await anyio.sleep(self.venue.faults.late_s())
            case _:
                pass
        await stream.send(rendered(status, body, headers))
        return True


def _words(refused: Refused) -> dict[str, str]:
    return {"label": refused.label, "message": refused.message}


def _pair_of(request: Incoming) -> str:
    if request.method != "POST":
        return request.query.get("currency_pair", "")
    try:
        body = msgspec.json.decode(request.body, type=dict[str, Any])
    except msgspec.DecodeError:
        return ""
    return str(body.get("currency_pair", body.get("contract", "")))


class Doors:
    """Where the double is reached, and how it is made unreachable for a while."""

    def __init__(self, server: GateServer) -> None:
        self.server = server
        self.port = 0
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """The address, without path."""
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Listen; at the same port again after `shut`."""
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=self.port)
        self.port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - this is no Django
        self._stack.push_async_callback(listener.aclose)
        tasks = await self._stack.enter_async_context(anyio.create_task_group())
        self._stack.callback(tasks.cancel_scope.cancel)
        tasks.start_soon(listener.serve, self.server.serve)

    async def shut(self) -> None:
        """End every connection and take no more."""
        await self.server.cut()
        await self._stack.aclose()
        self._stack = AsyncExitStack()


@asynccontextmanager
async def serving(venue: GateVenue, *, port: int = 0) -> AsyncGenerator[Doors]:
    """Serve the double on this machine alone."""
    doors = Doors(GateServer(venue))
    doors.port = port
    await doors.open()
    try:
        yield doors
    finally:
        await doors.shut()
