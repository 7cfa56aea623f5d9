"""A reply that leaves with one write, its head prepared.

ASGI tells a reply in two messages, which the server checks header by header and writes one after
the other: two calls of the system, and the heads of alerts' replies are always the same few.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

if TYPE_CHECKING:
    from litestar.types import Send

    Headers = tuple[tuple[bytes, bytes], ...]


def cycle_of(send: Send) -> RequestResponseCycle | None:
    """Return the server's own side of a request; `None` where `send` is somebody else's."""
    cycle = getattr(send, "__self__", None)
    return cycle if isinstance(cycle, RequestResponseCycle) else None


@lru_cache(maxsize=64)
def head_of(status: int, headers: Headers) -> bytes:
    """Return the head of a reply up to its length, which `write_whole` adds.

    The headers are constants of ours: nothing that a caller has sent may stand in them.
    """
    return STATUS_LINE[status] + _lines(headers)


async def write_whole(cycle: RequestResponseCycle, head: bytes, body: bytes) -> None:
    """Answer a request as its cycle's `send` does in two messages."""
    if cycle.flow.write_paused and not cycle.disconnected:
        await cycle.flow.drain()
    if cycle.disconnected or cycle.response_started:
        return
    closing = b"" if cycle.keep_alive else b"connection: close\r\n"
    length = b"content-length: %d\r\n\r\n" % len(body)
    shown = b"" if cycle.scope["method"] == "HEAD" else body
    dated = _lines(tuple(cycle.default_headers))
    cycle.transport.write(b"".join((head, dated, closing, length, shown)))
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


@lru_cache(maxsize=64)
def _lines(headers: Headers) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
