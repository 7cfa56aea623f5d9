"""KMS that is away, and keys that may not be used: each becomes the error that says what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from broker_adapters.credentials import GateioCredentials
from bus.values import AccountId, UserId
from handlers.vault.base import SealContext
from handlers.vault.envelope import oaep
from handlers.vault.errors import KeyMissingError, SealBrokenError, VaultUnavailableError
from handlers.vault.kms import KmsPrivateKeys, KmsPublicKeys, open_kms
from handlers.vault.open import open_sealer, open_unsealer
from handlers.vault.sealed import Head
from handlers.vault.settings import KmsKeys, SealerSettings, UnsealerSettings
from infra.local.embedded.addresses import free_port
from tests.servers.emulator import shared_emulator
from tests.servers.keys import write_keys
from tests.servers.kms import IDENTITY, drawn_kms_key

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.aws, pytest.mark.timeout(60)]

SECRET = GateioCredentials(api_key="key", api_secret="canary-secret")
MINE = SealContext(user=UserId(UUID(int=1)), account=AccountId(UUID(int=2)), broker="gateio")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


async def test_kms_that_is_away_is_worth_another_try(tmp_path: Path) -> None:
    write_keys(tmp_path)
    nowhere = KmsKeys(by_version={1: "key"}, endpoint_url=f"http://127.0.0.1:{free_port()}")
    settings = SealerSettings(keys=nowhere, origins=tmp_path / "origin")

    async with open_sealer(settings) as sealer:
        with pytest.raises(VaultUnavailableError, match="EndpointConnectionError"):
            await sealer.seal(SECRET, MINE)


async def test_kms_that_went_away_after_the_seal_is_worth_another_try(tmp_path: Path) -> None:
    write_keys(tmp_path)
    origins, key = tmp_path / "origin", {1: drawn_kms_key(1)}
    there = KmsKeys(by_version=key, endpoint_url=shared_emulator().url)
    gone = KmsKeys(by_version=key, endpoint_url=f"http://127.0.0.1:{free_port()}")
    async with open_sealer(SealerSettings(keys=there, origins=origins)) as sealer:
        sealed = await sealer.seal(SECRET, MINE)

    async with open_unsealer(UnsealerSettings(keys=gone, origins=origins)) as unsealer:
        with pytest.raises(VaultUnavailableError):
            await unsealer.unseal(sealed, MINE)


async def test_a_key_that_is_not_there_is_missing() -> None:
    async with open_kms(shared_emulator().url) as client:
        with pytest.raises(KeyMissingError, match="NotFoundException"):
            await KmsPublicKeys(client, {1: str(UUID(int=9))}).newest()


async def test_a_data_key_that_was_wrapped_for_another_does_not_unwrap() -> None:
    async with open_kms(shared_emulator().url) as client:
        keys = KmsPrivateKeys(client, {1: drawn_kms_key(1)})

        with pytest.raises(SealBrokenError):
            await keys.unwrap(Head(key_version=1, origin=1, key_id="x"), b"n" * 512)


async def test_a_record_that_names_another_key_than_opened_it_is_refused() -> None:
    ids = {1: drawn_kms_key(1)}
    async with open_kms(shared_emulator().url) as client:
        key = await KmsPublicKeys(client, ids).newest()
        wrapped = key.public.encrypt(b"d" * 32, oaep())
        private = KmsPrivateKeys(client, ids)

        assert await private.unwrap(Head(key_version=1, origin=1, key_id=key.key_id), wrapped)
        with pytest.raises(SealBrokenError, match="another key"):
            await private.unwrap(Head(key_version=1, origin=1, key_id="other"), wrapped)
