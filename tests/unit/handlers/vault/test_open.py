"""The vault opens over good keys and refuses all others, naming variable and file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from broker_adapters.credentials import GateioCredentials
from bus.values import AccountId, UserId
from handlers.vault.base import BoxContext, SealContext
from handlers.vault.errors import VaultSettingsError
from handlers.vault.key_files import SYMMETRIC, write_key
from handlers.vault.open import open_box, open_memory_vault, open_sealer, open_unsealer
from handlers.vault.settings import read_sealer_settings, read_unsealer_settings
from tests.servers.keys import write_keys

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

SEED = BoxContext(user=UserId(UUID(int=1)), purpose="totp_seed")
MINE = SealContext(user=UserId(UUID(int=1)), account=AccountId(UUID(int=2)), broker="gateio")
SECRET = GateioCredentials(api_key="key", api_secret="canary")


def test_box_opens_what_an_earlier_process_encrypted(tmp_path: Path) -> None:
    write_key(tmp_path, 1, SYMMETRIC, bytes(range(32)))
    sealed = open_box(tmp_path).encrypt(b"seed", SEED)

    assert open_box(tmp_path).decrypt(sealed, SEED) == b"seed"


@pytest.mark.parametrize("key", [b"", b"short", bytes(32), b"x" * 32, bytes(range(33))])
def test_short_or_placeholder_key_is_refused_by_name(tmp_path: Path, key: bytes) -> None:
    write_key(tmp_path, 1, SYMMETRIC, key)

    with pytest.raises(VaultSettingsError, match=r"FOURPASS_SECRET_BOX_KEYS .*1\.key") as refused:
        open_box(tmp_path)
    assert refused.value.variable == "FOURPASS_SECRET_BOX_KEYS"


@pytest.mark.anyio
async def test_memory_vault_opens_what_it_sealed() -> None:
    sealer, unsealer = open_memory_vault()

    assert await unsealer.unseal(await sealer.seal(SECRET, MINE), MINE) == SECRET


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("folder", "half"),
    [
        ("FOURPASS_VAULT_PRIVATE_KEYS", "worker"),
        ("FOURPASS_VAULT_PUBLIC_KEYS", "edge"),
        ("FOURPASS_VAULT_ORIGIN_KEYS", "worker"),
        ("FOURPASS_VAULT_ORIGIN_KEYS", "edge"),
    ],
)
async def test_key_that_the_world_may_read_is_refused(
    tmp_path: Path, folder: str, half: str
) -> None:
    told = write_keys(tmp_path)
    expose(Path(told[folder]))
    opening: AbstractAsyncContextManager[Any] = (
        open_sealer(read_sealer_settings(told))
        if half == "edge"
        else open_unsealer(read_unsealer_settings(told))
    )

    with pytest.raises(VaultSettingsError) as refused:
        await opening.__aenter__()
    assert refused.value.variable == folder


@pytest.mark.anyio
async def test_edge_needs_no_private_key_to_seal(tmp_path: Path) -> None:
    told = write_keys(tmp_path)
    shutil.rmtree(told["FOURPASS_VAULT_PRIVATE_KEYS"])

    async with open_sealer(read_sealer_settings(told)) as sealer:
        assert (await sealer.seal(SECRET, MINE)).key_version == 1


def expose(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(0o644)
