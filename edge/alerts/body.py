"""Reading a request's body: bounded in size, whatever its headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from litestar.types import Receive


class DisconnectedError(Exception):
    """The caller went away before its request was whole; there is nobody to answer."""


async def read_body(
    receive: Receive, headers: Iterable[tuple[bytes, bytes]], *, limit: int
) -> bytes:
    """Read the whole body; how long that may take, the caller decides.

    Raises:
        ApiError: 413 where it is larger than `limit`, as soon as that is known.
        DisconnectedError: The caller is gone.
    """
    if _declared(headers) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk: bytes = message.get("body", b"")  # pyright: ignore[reportAssignmentType] - ASGI says bytes
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Return how long the body is said to be; the server drops what comes after a refusal."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


def _too_large(limit: int) -> ApiError:
    return ApiError(413, "body_too_large", f"A body may be {limit // 1024} KiB at most.")
