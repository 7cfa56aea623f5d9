"""Reading a request's body: bounded in size, whatever its headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from litestar.types import Receive

_DRAINED = 1 << 20


class DisconnectedError(Exception):
    """The caller went away before its request was whole; there is nobody to answer."""


async def read_body(
    receive: Receive, headers: Iterable[tuple[bytes, bytes]], *, limit: int
) -> bytes:
    """Read the whole body; how long that may take, the caller decides.

    Raises:
        ApiError: 413 where it is larger than `limit`.
        DisconnectedError: The caller is gone.
    """
    declared, is_expecting = _declared(headers)
    if is_expecting and declared > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk: bytes = message.get("body", b"")  # pyright: ignore[reportAssignmentType] - ASGI says bytes
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        if size > _DRAINED or not message.get("more_body", False):
            break
    if size > limit:
        raise _too_large(limit)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, bool]:
    """Who waits for leave to send is told at once; others are read on, so that they hear us."""
    declared, is_expecting = 0, False
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            declared = int(value[:18])
        elif name == b"expect":
            is_expecting = True
    return declared, is_expecting


def _too_large(limit: int) -> ApiError:
    return ApiError(413, "body_too_large", f"A body may be {limit // 1024} KiB at most.")
