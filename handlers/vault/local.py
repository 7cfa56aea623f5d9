"""The vault over RSA-4096 key files of this machine, and over keys that end with the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.vault.envelope import PrivateKeys, PublicKeys, WrappingKey, oaep
from handlers.vault.errors import KeyMissingError, SealBrokenError
from handlers.vault.rsa_keys import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric import rsa

    from handlers.vault.sealed import Head


class LocalPublicKeys(PublicKeys):
    """Public keys, by version; the newest is sealed under."""

    def __init__(self, keys: Mapping[int, rsa.RSAPublicKey]) -> None:
        version = max(keys)
        self._newest = WrappingKey(
            version=version, key_id=fingerprint(keys[version]), public=keys[version]
        )

    @override
    async def newest(self) -> WrappingKey:
        return self._newest


class LocalPrivateKeys(PrivateKeys):
    """Private keys, by version; unwrapping takes about 2 ms and waits for nobody."""

    def __init__(self, keys: Mapping[int, rsa.RSAPrivateKey]) -> None:
        self._keys = {fingerprint(key.public_key()): (n, key) for n, key in keys.items()}

    def __repr__(self) -> str:
        return f"LocalPrivateKeys(versions={sorted(n for n, _ in self._keys.values())})"

    @override
    async def unwrap(self, head: Head, data_key: bytes) -> bytes:
        version, key = self._keys.get(head.key_id, (None, None))
        if key is None or version != head.key_version:
            msg = f"the credentials are sealed under key version {head.key_version}, not here"
            raise KeyMissingError(msg)
        try:
            return key.decrypt(data_key, oaep())
        except ValueError:
            raise SealBrokenError("the data key does not unwrap") from None
