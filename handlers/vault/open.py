"""Opening the vault; roots alone do that, and each opens the half that its process needs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from handlers.vault.box import AesBox
from handlers.vault.envelope import EnvelopeSealer, EnvelopeUnsealer
from handlers.vault.errors import VaultSettingsError
from handlers.vault.key_files import KEY_BYTES, PEM, SYMMETRIC, new_symmetric, read_keys
from handlers.vault.local import LocalPrivateKeys, LocalPublicKeys
from handlers.vault.rsa_keys import new_key, read_private, read_public
from handlers.vault.sealed import Origins
from handlers.vault.settings import (
    BOX_VARIABLE,
    ORIGIN_VARIABLE,
    PRIVATE_VARIABLE,
    PUBLIC_VARIABLE,
    KmsKeys,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from handlers.vault.base import Sealer, SecretBox, Unsealer
    from handlers.vault.settings import SealerSettings, UnsealerSettings

_MEMORY_BITS = 2048
_Key_co = TypeVar("_Key_co", covariant=True)


class _ReadKey(Protocol[_Key_co]):
    def __call__(self, pem: bytes, *, variable: str, name: str) -> _Key_co: ...


def check_sealer(settings: SealerSettings) -> None:
    """Look at the files of `open_sealer` before anything is opened; raises as it does."""
    _symmetric(settings.origins, ORIGIN_VARIABLE)
    if not isinstance(settings.keys, KmsKeys):
        _rsa(settings.keys, PUBLIC_VARIABLE, read_public)


def check_unsealer(settings: UnsealerSettings) -> None:
    """Look at the files of `open_unsealer` before anything is opened; raises as it does."""
    _symmetric(settings.origins, ORIGIN_VARIABLE)
    if not isinstance(settings.keys, KmsKeys):
        _rsa(settings.keys, PRIVATE_VARIABLE, read_private)


@asynccontextmanager
async def open_sealer(settings: SealerSettings) -> AsyncGenerator[Sealer]:
    """Open the half that writes; nothing outside is asked before the first seal.

    Raises:
        VaultSettingsError: A key file is missing or unsafe; it and its variable are named.
    """
    origins = Origins(_symmetric(settings.origins, ORIGIN_VARIABLE))
    if isinstance(settings.keys, KmsKeys):
        from handlers.vault.kms import KmsPublicKeys, open_kms  # noqa: PLC0415 - loads the driver

        async with open_kms(settings.keys.endpoint_url) as client:
            yield EnvelopeSealer(KmsPublicKeys(client, settings.keys.by_version), origins)
        return
    read = partial(_rsa, settings.keys, PUBLIC_VARIABLE, read_public)
    read()  # Later ones are read as they appear; one that is unsafe now is refused now.
    yield EnvelopeSealer(LocalPublicKeys(read), origins)


@asynccontextmanager
async def open_unsealer(settings: UnsealerSettings) -> AsyncGenerator[Unsealer]:
    """Open the half that reads; nothing outside is asked before the first unseal.

    Raises:
        VaultSettingsError: A key file is missing or unsafe; it and its variable are named.
    """
    origins = Origins(_symmetric(settings.origins, ORIGIN_VARIABLE))
    if isinstance(settings.keys, KmsKeys):
        from handlers.vault.kms import KmsPrivateKeys, open_kms  # noqa: PLC0415 - loads the driver

        async with open_kms(settings.keys.endpoint_url) as client:
            yield EnvelopeUnsealer(KmsPrivateKeys(client, settings.keys.by_version), origins)
        return
    read = partial(_rsa, settings.keys, PRIVATE_VARIABLE, read_private)
    yield EnvelopeUnsealer(LocalPrivateKeys(read), origins)


def open_box(folder: Path) -> SecretBox:
    """Open the box of small secrets over a folder of keys.

    Raises:
        VaultSettingsError: A key is missing, unsafe or of the wrong size; the file is named.
    """
    return AesBox(_symmetric(folder, BOX_VARIABLE))


def open_memory_vault() -> tuple[Sealer, Unsealer]:
    """Return both halves over keys that end with the process."""
    key, origins = new_key(_MEMORY_BITS), Origins({1: new_symmetric()})
    sealer = EnvelopeSealer(LocalPublicKeys(lambda: {1: key.public_key()}), origins)
    return sealer, EnvelopeUnsealer(LocalPrivateKeys(lambda: {1: key}), origins)


def _rsa(folder: Path, variable: str, read: _ReadKey[_Key_co]) -> dict[int, _Key_co]:
    pems = read_keys(folder, PEM, variable=variable)
    return {
        number: read(pem, variable=variable, name=str(folder / f"{number}{PEM}"))
        for number, pem in pems.items()
    }


def _symmetric(folder: Path, variable: str) -> Mapping[int, bytes]:
    keys = read_keys(folder, SYMMETRIC, variable=variable)
    for number, key in keys.items():
        # A key of one byte over and over was written by hand, not drawn.
        if len(key) != KEY_BYTES or len(set(key)) == 1:
            problem = f"names {folder}, whose {number}{SYMMETRIC} is no key of 256 random bits"
            raise VaultSettingsError(variable, problem)
    return keys
