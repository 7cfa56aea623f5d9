"""Rotation: records move to a new key while they are read, and none fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.credentials import GateioCredentials
from bus.values import Mode
from handlers.rewrapping import Rewrapped, Rewrapping
from handlers.store.accounts import NewCredentials
from handlers.store.memory import MemoryStore
from handlers.vault.base import SealContext, Sealed
from handlers.vault.envelope import EnvelopeSealer, EnvelopeUnsealer
from handlers.vault.key_files import new_symmetric
from handlers.vault.local import LocalPrivateKeys, LocalPublicKeys
from handlers.vault.rsa_keys import new_key
from handlers.vault.sealed import Origins
from tests.builders import ManualClock, a_user, an_account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.records.accounts import Account

pytestmark = pytest.mark.anyio

MANY = 200
KEYS = {version: new_key(2048) for version in (1, 2)}
ORIGINS = Origins({1: new_symmetric()})
SECRET = GateioCredentials(api_key="key", api_secret="canary-secret")


class Ring:
    """A vault whose second key is there once it was rotated."""

    def __init__(self) -> None:
        self.versions = [1]
        self.sealer = EnvelopeSealer(
            LocalPublicKeys(lambda: {n: KEYS[n].public_key() for n in self.versions}), ORIGINS
        )
        self.unsealer = EnvelopeUnsealer(
            LocalPrivateKeys(lambda: {n: KEYS[n] for n in self.versions}), ORIGINS
        )

    async def credentials_for(self, account: Account) -> NewCredentials:
        return NewCredentials(sealed=await self.sealer.seal(SECRET, context_of(account)), hint="")

    def job(self, store: MemoryStore) -> Rewrapping:
        return Rewrapping(
            store=store, sealer=self.sealer, unsealer=self.unsealer, actor="command:vault"
        )


def context_of(account: Account) -> SealContext:
    return SealContext(user=account.user_id, account=account.id, broker=account.broker)


async def furnished(ring: Ring, store: MemoryStore, *, count: int) -> Sequence[Account]:
    user = a_user()
    await store.identity.add_user(user, email="a@example.org", password_hash="-")
    accounts = [an_account(user, mode=Mode.LIVE, broker="gateio") for _ in range(count)]
    for account in accounts:
        await store.catalogue.add_account(account, await ring.credentials_for(account))
    return accounts


async def test_records_are_rotated_under_concurrent_reads_without_a_failure() -> None:
    ring, store = Ring(), MemoryStore(ManualClock())
    accounts = await furnished(ring, store, count=MANY)
    outcomes: list[Rewrapped] = []
    reads = 0

    async def read_on() -> None:
        nonlocal reads
        while True:
            for account in accounts:
                sealed = await store.accounts.credentials(account.user_id, account.id)
                assert sealed is not None
                assert await ring.unsealer.unseal(sealed, context_of(account)) == SECRET
                reads += 1

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(read_on)
        ring.versions.append(2)
        outcomes.append(await ring.job(store).run())
        tasks.cancel_scope.cancel()

    assert [(outcome.done, outcome.stuck) for outcome in outcomes] == [(MANY, [])]
    assert await store.accounts.key_versions() == {2: MANY}
    assert reads >= MANY
    for account in accounts:
        sealed = await store.accounts.credentials(account.user_id, account.id)
        assert sealed is not None
        assert await ring.unsealer.unseal(sealed, context_of(account)) == SECRET


async def test_nothing_is_left_to_do_the_second_time() -> None:
    ring, store = Ring(), MemoryStore(ManualClock())
    await furnished(ring, store, count=3)
    ring.versions.append(2)
    await ring.job(store).run()

    outcome = await ring.job(store).run()

    assert (outcome.done, outcome.stuck) == (0, [])


async def test_credentials_that_cannot_be_opened_are_named_and_stop_nobody() -> None:
    ring, store = Ring(), MemoryStore(ManualClock())
    accounts = await furnished(ring, store, count=3)
    broken = NewCredentials(sealed=Sealed(record=b"broken", key_version=1), hint="")
    await store.accounts.put_credentials(accounts[0].user_id, accounts[0].id, broken)
    ring.versions.append(2)

    outcome = await ring.job(store).run()

    assert (outcome.done, outcome.stuck) == (2, [accounts[0].id])
    assert await store.accounts.key_versions() == {1: 1, 2: 2}


async def test_a_row_that_its_owner_changes_meanwhile_keeps_the_owners_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring, store = Ring(), MemoryStore(ManualClock())
    [account] = await furnished(ring, store, count=1)
    new = GateioCredentials(api_key="new", api_secret="new")
    late = NewCredentials(sealed=await ring.sealer.seal(new, context_of(account)), hint="")
    ring.versions.append(2)
    rewrap, calls = store.accounts.rewrap, 0

    async def overtaken(*given: object) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            await store.accounts.put_credentials(account.user_id, account.id, late)
        return await rewrap(*given)  # pyright: ignore[reportArgumentType] - passed on as given

    monkeypatch.setattr(store.accounts, "rewrap", overtaken)
    outcome = await ring.job(store).run()

    sealed = await store.accounts.credentials(account.user_id, account.id)
    assert sealed is not None
    assert (outcome.done, calls, sealed.key_version) == (1, 2, 2)
    assert await ring.unsealer.unseal(sealed, context_of(account)) == new


async def test_every_opening_for_a_rotation_is_audited() -> None:
    ring, store = Ring(), MemoryStore(ManualClock())
    [account] = await furnished(ring, store, count=1)
    ring.versions.append(2)

    await ring.job(store).run()

    [entry] = await store.audit.after(account.user_id, 0, limit=9)
    told = (entry.actor, entry.action, entry.subject)
    assert told == ("command:vault", "account.rewrap", f"account:{account.id}")
