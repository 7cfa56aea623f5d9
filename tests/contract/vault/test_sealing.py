"""What was sealed opens for the same account under a key that is here, and in no other way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest

from broker_adapters.credentials import GateioCredentials, PaperCredentials, ShioajiCredentials
from bus.values import AccountId, UserId
from handlers.vault.base import SealContext, Sealed
from handlers.vault.envelope import oaep
from handlers.vault.errors import KeyMissingError, SealBrokenError
from handlers.vault.key_files import new_symmetric
from handlers.vault.sealed import Head, Origins, Wrapped, encrypt

if TYPE_CHECKING:
    from tests.contract.vault.conftest import Vaults

pytestmark = pytest.mark.anyio

CANARY = "canary-9b21f0"
SECRET = GateioCredentials(api_key="key-1234", api_secret=CANARY)
MINE = SealContext(user=UserId(UUID(int=1)), account=AccountId(UUID(int=2)), broker="gateio")
OTHERS: dict[str, dict[str, Any]] = {
    "another-user": {"user": UserId(UUID(int=3))},
    "another-account": {"account": AccountId(UUID(int=3))},
    "another-broker": {"broker": "shioaji"},
    "another-purpose": {"purpose": "notification"},
    "user-and-account-swapped": {"user": UserId(UUID(int=2)), "account": AccountId(UUID(int=1))},
    "broker-and-purpose-shifted": {"broker": "gateiobroker", "purpose": "_credentials"},
}


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        ShioajiCredentials(api_key="k", secret_key="s", person_id="A1", ca="Y" * 4000),
        PaperCredentials(),
    ],
    ids=lambda secret: type(secret).__name__,
)
async def test_credentials_open_as_they_were_sealed(vaults: Vaults, secret: Any) -> None:
    async with vaults.open(1) as (sealer, unsealer):
        sealed = await sealer.seal(secret, MINE)

        assert await unsealer.unseal(sealed, MINE) == secret


async def test_a_sealed_record_shows_nothing(vaults: Vaults) -> None:
    async with vaults.open(1) as (sealer, _):
        sealed = await sealer.seal(SECRET, MINE)

    assert CANARY.encode() not in sealed.record
    assert CANARY not in repr(sealed)


async def test_the_same_secret_never_seals_to_the_same_bytes(vaults: Vaults) -> None:
    async with vaults.open(1) as (sealer, _):
        first, second = await sealer.seal(SECRET, MINE), await sealer.seal(SECRET, MINE)

    assert first.record != second.record


@pytest.mark.parametrize("changes", OTHERS.values(), ids=OTHERS)
async def test_a_record_opens_for_nothing_else(vaults: Vaults, changes: dict[str, Any]) -> None:
    async with vaults.open(1) as (sealer, unsealer):
        sealed = await sealer.seal(SECRET, MINE)

        with pytest.raises(SealBrokenError) as failed:
            await unsealer.unseal(sealed, msgspec.structs.replace(MINE, **changes))
    assert CANARY not in repr(failed.value)


async def test_a_record_forged_with_the_public_key_is_not_believed(vaults: Vaults) -> None:
    key_id, public = await vaults.public(1)
    head = Head(key_version=1, origin=1, key_id=key_id)
    data_key, nonce, ciphertext = encrypt(SECRET, head, MINE)
    wrapped = Wrapped(
        head=head, data_key=public.encrypt(data_key, oaep()), nonce=nonce, ciphertext=ciphertext
    )
    forged = Origins({1: new_symmetric()}).prove(wrapped, MINE)

    async with vaults.open(1) as (_, unsealer):
        with pytest.raises(SealBrokenError):
            await unsealer.unseal(Sealed(record=forged, key_version=1), MINE)


async def test_the_row_cannot_name_another_key_version(vaults: Vaults) -> None:
    async with vaults.open(1, 2) as (sealer, unsealer):
        sealed = await sealer.seal(SECRET, MINE)

        with pytest.raises(SealBrokenError):
            await unsealer.unseal(msgspec.structs.replace(sealed, key_version=1), MINE)


async def test_an_older_version_still_opens_and_the_newest_seals(vaults: Vaults) -> None:
    async with vaults.open(1) as (sealer, _):
        old = await sealer.seal(SECRET, MINE)

    async with vaults.open(1, 2) as (sealer, unsealer):
        new = await sealer.seal(SECRET, MINE)

        assert await unsealer.unseal(old, MINE) == SECRET
        assert (old.key_version, new.key_version, await sealer.key_version()) == (1, 2, 2)


async def test_a_version_that_is_gone_opens_nothing(vaults: Vaults) -> None:
    async with vaults.open(1) as (sealer, _):
        old = await sealer.seal(SECRET, MINE)

    async with vaults.open(2) as (_, unsealer):
        with pytest.raises(KeyMissingError):
            await unsealer.unseal(old, MINE)
