"""Callers that take their time: who neither finishes a request nor leaves is hung up on.

The server itself bounds how long a connection may lie idle between requests, but not how long the
head of one may take, nor the rest of a body that nobody reads any more. What a request of ours may
take is bounded by its handler; here only the sending of it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

SLOWEST_REQUEST_S = 15.0
LONGEST_HEAD = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 as the server speaks it, with a bound on the head of a request."""

    head_bytes = 0
    known_cycle: object = None

    @override
    def data_received(self, data: bytes) -> None:
        # Asked first: what ends a body is a part of it.
        is_body = expects_body(self)
        super().data_received(data)
        if self.cycle is not self.known_cycle:
            self.known_cycle = self.cycle
            self.head_bytes = 0
        elif not is_body:
            self.head_bytes += len(data)
            if self.head_bytes > LONGEST_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")


class SlowCallers:
    """Who was in the midst of sending a request at the last look, and since when."""

    def __init__(self) -> None:
        self._sending: dict[object, tuple[object, float]] = {}

    def hang_up(self, connections: Iterable[object], now: float) -> int:
        """Close the connections whose request has been on its way for too long; return how many.

        It costs the connections nothing between the looks.
        """
        before, self._sending = self._sending, {}
        slow = 0
        for connection in connections:
            if not isinstance(connection, BoundedProtocol) or not is_sending(connection):
                continue
            cycle, since = before.get(connection, (connection.cycle, now))
            if cycle is not connection.cycle:
                since = now
            if now - since >= SLOWEST_REQUEST_S:
                connection.transport.abort()
                slow += 1
            else:
                self._sending[connection] = connection.cycle, since
        return slow


def is_sending(connection: BoundedProtocol) -> bool:
    """Say whether a request has begun that is not whole, or none came since it connected."""
    cycle = cast("RequestResponseCycle | None", connection.cycle)
    if cycle is None or cycle.more_body:
        return True
    # The server watches over a connection that lies idle; the first byte ends that watch.
    return cycle.response_complete and connection.timeout_keep_alive_task is None


def expects_body(connection: BoundedProtocol) -> bool:
    """Say whether what comes next belongs to the body of a request whose head was whole."""
    cycle = cast("RequestResponseCycle | None", connection.cycle)
    return cycle is not None and cycle.more_body
