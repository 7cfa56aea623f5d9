"""The vault over RSA-4096 key files of this machine, and over keys that end with the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.vault.envelope import PrivateKeys, PublicKeys, WrappingKey, oaep
from handlers.vault.errors import (
    KeyMissingError,
    SealBrokenError,
    VaultSettingsError,
    VaultUnavailableError,
)
from handlers.vault.rsa_keys import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric import rsa

    from handlers.vault.sealed import Head


class LocalPublicKeys(PublicKeys):
    """Public keys, by version; the newest is sealed under, from the moment that it is there.

    Args:
        read: Reads them anew: a rotation is seen by processes that run already.
    """

    def __init__(self, read: Callable[[], Mapping[int, rsa.RSAPublicKey]]) -> None:
        self._read = read

    @override
    async def newest(self) -> WrappingKey:
        try:
            keys = self._read()
        except VaultSettingsError as error:
            raise VaultUnavailableError(str(error)) from error
        version = max(keys)
        return WrappingKey(version=version, key_id=fingerprint(keys[version]), public=keys[version])


class LocalPrivateKeys(PrivateKeys):
    """Private keys, by version; unwrapping takes about 2 ms and waits for nobody.

    Args:
        read: Reads them, and again when a record names one that was not there.
    """

    def __init__(self, read: Callable[[], Mapping[int, rsa.RSAPrivateKey]]) -> None:
        self._read = read
        self._keys = _by_id(read())

    def __repr__(self) -> str:
        return f"LocalPrivateKeys(versions={sorted(version for _, version in self._keys)})"

    @override
    async def unwrap(self, head: Head, data_key: bytes) -> bytes:
        name = (head.key_id, head.key_version)
        if name not in self._keys:
            self._read_again()
        key = self._keys.get(name)
        if key is None:
            msg = f"the credentials are sealed under key version {head.key_version}, not here"
            raise KeyMissingError(msg)
        try:
            return key.decrypt(data_key, oaep())
        except ValueError:
            raise SealBrokenError("the data key does not unwrap") from None

    def _read_again(self) -> None:
        try:
            self._keys = _by_id(self._read())
        except VaultSettingsError as error:
            raise VaultUnavailableError(str(error)) from error


def _by_id(keys: Mapping[int, rsa.RSAPrivateKey]) -> dict[tuple[str, int], rsa.RSAPrivateKey]:
    return {(fingerprint(key.public_key()), version): key for version, key in keys.items()}
