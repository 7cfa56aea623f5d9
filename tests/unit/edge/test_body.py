"""Reading a body: bounded in size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edge.alerts.body import DisconnectedError, read_body
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


@pytest.mark.parametrize("expect", [[], [(b"expect", b"100-continue")]])
async def test_too_large_a_declared_length_is_413_before_a_byte_is_read(
    expect: list[tuple[bytes, bytes]],
) -> None:
    async def never() -> Any:
        pytest.fail("the body was asked for")

    with pytest.raises(ApiError) as raised:
        await read_body(never, [(b"content-length", b"101"), *expect], limit=LIMIT)

    assert raised.value.status == 413


async def test_no_more_is_read_once_a_body_is_too_large() -> None:
    with pytest.raises(ApiError) as raised:
        await read_body(stuck_after(b"x" * LIMIT, b"x"), [], limit=LIMIT)

    assert raised.value.status == 413


async def test_endless_body_is_given_up() -> None:
    async def endless() -> Any:
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    with pytest.raises(ApiError) as raised:
        await read_body(endless, [], limit=LIMIT)

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


def stuck_after(*parts: bytes) -> Callable[[], Awaitable[Any]]:
    left = list(parts)

    async def receive() -> Any:
        if not left:
            pytest.fail("more was asked for")
        return {"type": "http.request", "body": left.pop(0), "more_body": True}

    return receive
