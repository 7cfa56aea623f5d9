"""A vault that is opened when first something is unsealed: most workers wait, or trade on paper.

The files were looked at before this process began, so what is unsafe was refused by then.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.vault.base import Unsealer
from handlers.vault.errors import VaultSettingsError, VaultUnavailableError
from worker_runtime.late import late

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from broker_adapters.credentials import Credentials
    from handlers.vault.base import SealContext, Sealed
    from worker_runtime.late import Late


class LateUnsealer(Unsealer):
    """Opens the vault at the first unseal; a key that has gone by then may come back."""

    def __init__(self, vault: Late[Unsealer]) -> None:
        self._vault = vault

    @override
    async def unseal(self, sealed: Sealed, context: SealContext) -> Credentials:
        try:
            opened = await self._vault.get()
        except VaultSettingsError as error:
            raise VaultUnavailableError(str(error)) from error
        return await opened.unseal(sealed, context)


@asynccontextmanager
async def late_unsealer(
    open_vault: Callable[[], AbstractAsyncContextManager[Unsealer]],
) -> AsyncGenerator[Unsealer]:
    """Yield the half that reads; leaving closes it if it was ever opened."""
    async with late(open_vault) as vault:
        yield LateUnsealer(vault)
