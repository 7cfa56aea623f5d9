"""A worker opens its accounts' credentials, says so first, and tells apart what a retry mends."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from broker_adapters.credentials import GateioCredentials, ShioajiCredentials
from broker_adapters.errors import BrokerUnavailableError, InvalidOptionsError
from bus.values import Mode
from handlers.errors import StoreUnavailableError
from handlers.store.accounts import NewCredentials
from handlers.store.memory import MemoryStore
from handlers.vault.base import SealContext, Sealed
from handlers.vault.errors import VaultUnavailableError
from handlers.vault.open import open_memory_vault
from tests.builders import ManualClock, a_user, a_worker, an_account
from worker_runtime.unsealing import Unsealing

if TYPE_CHECKING:
    from broker_adapters.credentials import Credentials
    from handlers.records.accounts import Account
    from handlers.vault.base import Unsealer

pytestmark = pytest.mark.anyio

SEALER, UNSEALER = open_memory_vault()
SECRET = GateioCredentials(api_key="canary-key", api_secret="canary-secret")
WORKER = a_worker()


def unsealing(store: MemoryStore, unsealer: Unsealer = UNSEALER) -> Unsealing:
    return Unsealing(store=store, unsealer=unsealer, worker=WORKER)


async def kept(store: MemoryStore, secret: Credentials = SECRET, **changes: Any) -> Account:
    """Keep an account with credentials sealed for it, or for something a little else."""
    account = an_account(a_user(), mode=Mode.LIVE, broker="gateio")
    await store.identity.add_user(account.user_id, email="a@example.org", password_hash="-")
    context = SealContext(user=account.user_id, account=account.id, broker="gateio")
    sealed = await SEALER.seal(secret, msgspec.structs.replace(context, **changes))
    return await store.catalogue.add_account(account, NewCredentials(sealed=sealed, hint="cdef"))


async def test_credentials_are_opened_for_their_account() -> None:
    store = MemoryStore(ManualClock())

    assert await unsealing(store).credentials_of(await kept(store)) == SECRET


async def test_who_opened_whose_credentials_is_audited() -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store)

    await unsealing(store).credentials_of(account)

    [entry] = await store.audit.after(account.user_id, 0, limit=9)
    told = (entry.actor, entry.action, entry.subject, entry.after)
    subject = f"account:{account.id}"
    assert told == (f"worker:{WORKER}", "account.unseal", subject, '{"version":1}')


async def test_nothing_is_opened_that_cannot_be_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store)
    opened: list[Sealed] = []

    class Watched(SilentVault):
        async def unseal(self, sealed: Sealed, context: SealContext) -> Credentials:
            opened.append(sealed)
            return SECRET

    async def away(*_: object) -> None:
        raise StoreUnavailableError("TimeoutError")

    monkeypatch.setattr(store.audit, "append", away)

    with pytest.raises(BrokerUnavailableError):
        await unsealing(store, Watched()).credentials_of(account)
    assert opened == []


async def test_every_opening_is_told_without_the_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store)

    with caplog.at_level(logging.INFO):
        await unsealing(store).credentials_of(account)

    [told] = caplog.records
    assert told.msg == "credentials_unsealed"
    assert told.__dict__["account_id"] == str(account.id)
    assert told.__dict__["worker_id"] == str(WORKER)
    assert "canary" not in repr(told.__dict__)


async def test_a_paper_account_opens_nothing(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore(ManualClock())
    account = await store.catalogue.add_account(an_account(a_user()))

    with caplog.at_level(logging.INFO):
        assert await unsealing(store).credentials_of(account) is None
    assert caplog.records == []


async def test_an_account_without_credentials_waits_for_some() -> None:
    store = MemoryStore(ManualClock())
    account = await store.catalogue.add_account(an_account(a_user(), broker="gateio"))

    with pytest.raises(InvalidOptionsError, match="has no credentials"):
        await unsealing(store).credentials_of(account)


async def test_credentials_of_another_row_are_refused() -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store, user=a_user())

    with pytest.raises(InvalidOptionsError, match="changed, moved"):
        await unsealing(store).credentials_of(account)


async def test_credentials_of_another_broker_are_refused() -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store, ShioajiCredentials(api_key="k", secret_key="s"))

    with pytest.raises(InvalidOptionsError, match="another broker's"):
        await unsealing(store).credentials_of(account)


async def test_credentials_under_a_key_that_is_gone_wait_for_it() -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store)
    _, other = open_memory_vault()

    with pytest.raises(InvalidOptionsError):
        await unsealing(store, other).credentials_of(account)


class SilentVault:
    """A vault whose keeper is away."""

    async def unseal(self, sealed: Sealed, context: SealContext) -> Credentials:
        raise VaultUnavailableError("KMS gave no answer: ConnectTimeoutError")


async def test_a_vault_that_is_away_is_asked_again() -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store)

    with pytest.raises(BrokerUnavailableError, match="cannot be had now"):
        await unsealing(store, SilentVault()).credentials_of(account)


async def test_a_record_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore(ManualClock())
    account = await kept(store)

    async def away(*_: object) -> None:
        raise StoreUnavailableError("TimeoutError")

    monkeypatch.setattr(store.accounts, "credentials", away)

    with pytest.raises(BrokerUnavailableError, match="cannot be had now"):
        await unsealing(store).credentials_of(account)
