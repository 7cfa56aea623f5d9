"""What is late is opened when it is first asked for, once, and closed at the end."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from worker_runtime.late import late

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio


class Door:
    """Counts how often it is opened and closed; it may be locked."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.is_locked = False

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[int]:
        await anyio.lowlevel.checkpoint()
        if self.is_locked:
            raise OSError("locked")
        self.opened += 1
        try:
            yield self.opened
        finally:
            self.closed += 1


async def test_what_nobody_asks_for_stays_shut() -> None:
    door = Door()

    async with late(door.open):
        pass

    assert (door.opened, door.closed) == (0, 0)


async def test_all_who_ask_at_once_get_the_same() -> None:
    door, got = Door(), list[int]()

    async with late(door.open) as it:

        async def ask() -> None:
            got.append(await it.get())

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask)
        assert door.closed == 0

    assert got == [1, 1, 1]
    assert (door.opened, door.closed) == (1, 1)


async def test_what_could_not_be_opened_is_tried_again() -> None:
    door = Door()
    async with late(door.open) as it:
        door.is_locked = True
        with pytest.raises(OSError, match="locked"):
            await it.get()

        door.is_locked = False

        assert await it.get() == 1
