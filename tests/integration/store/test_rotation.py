"""The vault's key is rotated by its command, over a real record and real keys of 4,096 bit."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.credentials import GateioCredentials
from bus.ids import uuid7
from bus.values import AccountId, Mode, SystemClock, UserId, WorkerId
from handlers.records.accounts import Account
from handlers.store.accounts import NewCredentials
from handlers.store.open import StoreSettings, migrate, open_store
from handlers.vault.base import SealContext
from handlers.vault.open import open_sealer, open_unsealer
from handlers.vault.settings import read_sealer_settings, read_unsealer_settings
from infra.local.own_keys import own_keys

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.store.base import Store
    from handlers.vault.base import Sealer, Unsealer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.prove]

MANY = 1_000
SECRET = GateioCredentials(api_key="key", api_secret="canary-secret")


async def furnished(store: Store, sealer: Sealer) -> list[SealContext]:
    user = UserId(uuid7())
    await store.identity.add_user(user, email=f"{user}@example.org", password_hash="-")
    contexts: list[SealContext] = []
    for number in range(MANY):
        account = Account(
            id=AccountId(uuid7()),
            user_id=user,
            name=str(number),
            broker="gateio",
            mode=Mode.LIVE,
        )
        context = SealContext(user=user, account=account.id, broker="gateio")
        sealed = await sealer.seal(SECRET, context)
        await store.catalogue.add_account(account, NewCredentials(sealed=sealed, hint=""))
        contexts.append(context)
    return contexts


async def test_a_thousand_records_are_rotated_while_workers_read_them(
    postgres_dsn: str, tmp_path: Path
) -> None:
    await migrate(postgres_dsn)
    told = own_keys(tmp_path)
    environment = {**os.environ, "FOURPASS_DATABASE_URL": postgres_dsn}
    command = [sys.executable, "-m", "infra.local.cli", "vault", "rotate"]
    settings = StoreSettings(database_url=postgres_dsn, deadline_s=20)
    done = ""
    reads = 0

    async with (
        open_store(settings, SystemClock()) as store,
        open_sealer(read_sealer_settings(told)) as sealer,
        open_unsealer(read_unsealer_settings(told)) as unsealer,
    ):
        contexts = await furnished(store, sealer)
        assert await store.leases.take(contexts[0].user, WorkerId(uuid7())) is not None

        async def read_on() -> None:
            nonlocal reads
            while True:
                for context in contexts:
                    await read_one(store, unsealer, context)
                    reads += 1

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read_on)
            process = await anyio.run_process(
                [*command, "--data-dir", str(tmp_path)], env=environment
            )
            done = process.stdout.decode()
            tasks.cancel_scope.cancel()

        assert done.splitlines()[-2:] == [
            f"re-wrapped {MANY}", f"key version 2: {MANY} accounts",
        ]  # fmt: skip
        assert await store.accounts.key_versions() == {2: MANY}
        assert await sealer.key_version() == 2
        assert reads > 0
        for context in contexts[:20]:
            await read_one(store, unsealer, context)


async def read_one(store: Store, unsealer: Unsealer, context: SealContext) -> None:
    sealed = await store.accounts.credentials(context.user, context.account)
    assert sealed is not None
    assert await unsealer.unseal(sealed, context) == SECRET
