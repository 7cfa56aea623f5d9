"""The vault is opened when first something is unsealed, once, and closed with the worker."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from typing_extensions import override

from broker_adapters.credentials import GateioCredentials
from handlers.vault.base import SealContext, Sealed, Unsealer
from handlers.vault.errors import VaultSettingsError, VaultUnavailableError
from tests.builders import a_user, an_account
from worker_runtime.late_unsealer import late_unsealer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.credentials import Credentials

pytestmark = pytest.mark.anyio

SECRET = GateioCredentials(api_key="canary-key", api_secret="canary-secret")
SEALED = Sealed(record=b"-", key_version=1)
CONTEXT = SealContext(user=a_user(), account=an_account(a_user()).id, broker="gateio")


class Vault(Unsealer):
    """Counts how often it is opened and closed; its keys may be away."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.is_away = False

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Unsealer]:
        await anyio.lowlevel.checkpoint()
        if self.is_away:
            raise VaultSettingsError("FOURPASS_VAULT_PRIVATE_KEYS", "names nothing")
        self.opened += 1
        try:
            yield self
        finally:
            self.closed += 1

    @override
    async def unseal(self, sealed: Sealed, context: SealContext) -> Credentials:
        return SECRET


async def test_nothing_is_opened_for_who_unseals_nothing() -> None:
    vault = Vault()

    async with late_unsealer(vault.open):
        pass

    assert (vault.opened, vault.closed) == (0, 0)


async def test_sessions_that_open_together_share_one_vault() -> None:
    vault = Vault()

    async with late_unsealer(vault.open) as unsealer, anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(unsealer.unseal, SEALED, CONTEXT)

    assert (vault.opened, vault.closed) == (1, 1)


async def test_keys_that_are_away_are_tried_again() -> None:
    vault = Vault()
    vault.is_away = True

    async with late_unsealer(vault.open) as unsealer:
        with pytest.raises(VaultUnavailableError, match="FOURPASS_VAULT_PRIVATE_KEYS"):
            await unsealer.unseal(SEALED, CONTEXT)
        vault.is_away = False

        assert await unsealer.unseal(SEALED, CONTEXT) == SECRET
