"""An inbox keeps the order, and admits what it dropped."""

from __future__ import annotations

import anyio
import pytest

from bus.inbox import MISSED, Inbox

pytestmark = pytest.mark.anyio


async def test_payloads_come_in_order() -> None:
    inbox = Inbox()
    for payload in (b"a", b"b", b"c"):
        inbox.put(payload)

    assert [await anext(inbox) for _ in range(3)] == [b"a", b"b", b"c"]


async def test_a_full_inbox_is_emptied_and_says_so() -> None:
    inbox = Inbox()
    for number in range(1, 1026):
        inbox.put(str(number).encode())
    inbox.put(b"after")

    assert [await anext(inbox) for _ in range(2)] == [MISSED, b"after"]


async def test_a_waiting_reader_is_woken() -> None:
    inbox = Inbox()
    found: list[bytes] = []

    async def read() -> None:
        found.append(await anext(inbox))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        await anyio.lowlevel.checkpoint()
        inbox.put(b"a")

    assert found == [b"a"]
