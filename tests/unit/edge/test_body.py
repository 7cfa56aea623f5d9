"""Reading a body: bounded in size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edge.body import DisconnectedError, read_body
from edge.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio

LIMIT = 100


async def test_chunks_are_put_together() -> None:
    assert await read_body(chunks(b"ab", b"", b"cd"), [], limit=LIMIT) == b"abcd"


async def test_body_of_the_limit_is_read() -> None:
    assert await read_body(chunks(b"x" * LIMIT), [], limit=LIMIT) == b"x" * LIMIT


async def test_one_byte_more_than_the_limit_is_413() -> None:
    with pytest.raises(ApiError) as raised:
        await read_body(chunks(b"x" * LIMIT, b"x"), [], limit=LIMIT)

    assert (raised.value.status, raised.value.code) == (413, "body_too_large")


async def test_small_declared_length_does_not_let_a_large_body_in() -> None:
    with pytest.raises(ApiError) as raised:
        await read_body(chunks(b"x" * 200), [(b"content-length", b"10")], limit=LIMIT)

    assert raised.value.status == 413


async def test_large_declared_length_of_a_small_body_does_no_harm() -> None:
    read = await read_body(chunks(b"x"), [(b"content-length", b"99999999999")], limit=LIMIT)

    assert read == b"x"


async def test_endless_body_is_given_up() -> None:
    async def endless() -> Any:
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    with pytest.raises(ApiError) as raised:
        await read_body(endless, [], limit=LIMIT)

    assert raised.value.status == 413


async def test_who_waits_for_leave_to_send_too_much_is_refused_at_once() -> None:
    async def never() -> Any:
        pytest.fail("the body was asked for")

    headers = [(b"content-length", b"5000"), (b"expect", b"100-continue")]

    with pytest.raises(ApiError) as raised:
        await read_body(never, headers, limit=LIMIT)

    assert raised.value.status == 413


async def test_caller_that_leaves_is_noticed() -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(DisconnectedError):
        await read_body(gone, [], limit=LIMIT)


def chunks(*parts: bytes) -> Callable[[], Awaitable[Any]]:
    left = list(parts)

    async def receive() -> Any:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive
