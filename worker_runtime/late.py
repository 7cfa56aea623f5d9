"""What is opened when it is first asked for: most workers wait, and what waits shall be small."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

T = TypeVar("T")


class Late(Generic[T]):
    """Opens something once; the stack closes it."""

    def __init__(
        self, open_it: Callable[[], AbstractAsyncContextManager[T]], stack: AsyncExitStack
    ) -> None:
        self._open_it = open_it
        self._stack = stack
        self._opened: list[T] = []
        self._opening = anyio.Lock()

    async def get(self) -> T:
        """Return it, opened by now; where that failed, who asks next has it tried again."""
        async with self._opening:
            if not self._opened:
                self._opened.append(await self._stack.enter_async_context(self._open_it()))
        return self._opened[0]


@asynccontextmanager
async def late(open_it: Callable[[], AbstractAsyncContextManager[T]]) -> AsyncGenerator[Late[T]]:
    """Yield what opens it; leaving closes it if it was ever opened."""
    async with AsyncExitStack() as stack:
        yield Late(open_it, stack)
