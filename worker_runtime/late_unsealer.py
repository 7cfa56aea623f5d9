"""A vault that is opened when first something is unsealed: most workers wait, or trade on paper.

The files were looked at before this process began, so what is unsafe was refused by then.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
from typing_extensions import override

from handlers.vault.base import Unsealer
from handlers.vault.errors import VaultSettingsError, VaultUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from broker_adapters.credentials import Credentials
    from handlers.vault.base import SealContext, Sealed


class LateUnsealer(Unsealer):
    """Opens the vault once, at the first unseal; a key that has gone by then may come back."""

    def __init__(
        self, open_vault: Callable[[], AbstractAsyncContextManager[Unsealer]], stack: AsyncExitStack
    ) -> None:
        self._open_vault = open_vault
        self._stack = stack
        self._opened: Unsealer | None = None
        self._opening = anyio.Lock()

    @override
    async def unseal(self, sealed: Sealed, context: SealContext) -> Credentials:
        async with self._opening:
            if self._opened is None:
                self._opened = await self._open()
        return await self._opened.unseal(sealed, context)

    async def _open(self) -> Unsealer:
        try:
            return await self._stack.enter_async_context(self._open_vault())
        except VaultSettingsError as error:
            raise VaultUnavailableError(str(error)) from error


@asynccontextmanager
async def late_unsealer(
    open_vault: Callable[[], AbstractAsyncContextManager[Unsealer]],
) -> AsyncGenerator[Unsealer]:
    """Yield the half that reads; leaving closes it if it was ever opened."""
    async with AsyncExitStack() as stack:
        yield LateUnsealer(open_vault, stack)
