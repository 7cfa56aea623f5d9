"""What replies promise to whoever waits for one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest

from tests.contract.bus.letters import PATIENCE, a_user, ms
from tests.contract.bus.transports import NO_LANES

if TYPE_CHECKING:
    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio

_LONG = ms(int(PATIENCE * 1000))


async def test_a_reply_that_is_there_is_read_at_once(transport: Transport) -> None:
    user, request = a_user(), uuid4()
    async with transport.open(NO_LANES) as bus:
        await bus.replies.answer(user, request, b"\x00yes\xff")

        assert await bus.replies.await_answer(user, request, timeout=_LONG) == b"\x00yes\xff"


async def test_a_reply_that_comes_later_wakes_its_waiter(transport: Transport) -> None:
    user, request = a_user(), uuid4()
    found: list[bytes | None] = []
    async with transport.open(NO_LANES) as bus:

        async def wait() -> None:
            found.append(await bus.replies.await_answer(user, request, timeout=_LONG))

        with anyio.fail_after(PATIENCE / 2):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(wait)
                await anyio.sleep(0.05)
                await bus.replies.answer(user, request, b"yes")

    assert found == [b"yes"]


async def test_waiting_for_a_reply_ends_after_its_time(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        with anyio.fail_after(PATIENCE):
            assert await bus.replies.await_answer(a_user(), uuid4(), timeout=ms(30)) is None


async def test_a_reply_can_be_read_again(transport: Transport) -> None:
    user, request = a_user(), uuid4()
    async with transport.open(NO_LANES) as bus:
        await bus.replies.answer(user, request, b"yes")

        for _ in range(2):
            assert await bus.replies.await_answer(user, request, timeout=_LONG) == b"yes"


async def test_the_first_reply_to_a_request_stands(transport: Transport) -> None:
    user, request = a_user(), uuid4()
    async with transport.open(NO_LANES) as bus:
        await bus.replies.answer(user, request, b"first")
        await bus.replies.answer(user, request, b"second")

        assert await bus.replies.await_answer(user, request, timeout=_LONG) == b"first"


async def test_another_user_does_not_read_the_reply(transport: Transport) -> None:
    request = uuid4()
    async with transport.open(NO_LANES) as bus:
        await bus.replies.answer(a_user(), request, b"yes")

        assert await bus.replies.await_answer(a_user(), request, timeout=ms(30)) is None


async def test_each_of_many_waiters_reads_its_own_reply(transport: Transport) -> None:
    user = a_user()
    requests = [uuid4() for _ in range(50)]
    found: dict[str, bytes | None] = {}
    async with transport.open(NO_LANES) as bus:

        async def wait(name: str) -> None:
            request = requests[int(name)]
            found[name] = await bus.replies.await_answer(user, request, timeout=_LONG)

        async with anyio.create_task_group() as tasks:
            for index in range(50):
                tasks.start_soon(wait, str(index))
            for index, request in enumerate(requests):
                await bus.replies.answer(user, request, str(index).encode())

    assert found == {str(index): str(index).encode() for index in range(50)}
