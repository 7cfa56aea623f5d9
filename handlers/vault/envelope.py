"""Sealing and unsealing as every adapter does it; adapters differ in who holds the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from typing_extensions import override

from handlers.vault.base import Sealed, Sealer, Unsealer
from handlers.vault.errors import SealBrokenError
from handlers.vault.sealed import Head, Origins, Wrapped, decrypt, encrypt

if TYPE_CHECKING:
    from broker_adapters.credentials import Credentials
    from handlers.vault.base import SealContext


class WrappingKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key, and what records call it."""

    version: int
    key_id: str
    public: rsa.RSAPublicKey


class PublicKeys(Protocol):
    """Where the public half comes from."""

    async def newest(self) -> WrappingKey:
        """Return the key to seal under now; raises `VaultUnavailableError`."""
        ...


class PrivateKeys(Protocol):
    """Whoever holds the private half."""

    async def unwrap(self, head: Head, data_key: bytes) -> bytes:
        """Return the data key.

        Raises:
            SealBrokenError: It was wrapped by another key, or changed.
            KeyMissingError: The key that the head names is not here.
            VaultUnavailableError: No answer; trying again is safe.
        """
        ...


def oaep() -> padding.OAEP:
    """Return RSAES-OAEP-SHA-256, what KMS calls RSAES_OAEP_SHA_256."""
    return padding.OAEP(mgf=padding.MGF1(SHA256()), algorithm=SHA256(), label=None)


class EnvelopeSealer(Sealer):
    """Seals with a public key and proves the origin."""

    def __init__(self, keys: PublicKeys, origins: Origins) -> None:
        self._keys = keys
        self._origins = origins

    @override
    async def seal(self, secret: Credentials, context: SealContext) -> Sealed:
        key = await self._keys.newest()
        head = Head(key_version=key.version, origin=self._origins.newest, key_id=key.key_id)
        data_key, nonce, ciphertext = encrypt(secret, head, context)
        wrapped = Wrapped(
            head=head,
            data_key=key.public.encrypt(data_key, oaep()),
            nonce=nonce,
            ciphertext=ciphertext,
        )
        return Sealed(record=self._origins.prove(wrapped, context), key_version=key.version)

    @override
    async def key_version(self) -> int:
        return (await self._keys.newest()).version


class EnvelopeUnsealer(Unsealer):
    """Believes a record's origin first, and only then has its data key unwrapped."""

    def __init__(self, keys: PrivateKeys, origins: Origins) -> None:
        self._keys = keys
        self._origins = origins

    @override
    async def unseal(self, sealed: Sealed, context: SealContext) -> Credentials:
        wrapped = self._origins.verified(sealed.record, context)
        if wrapped.head.key_version != sealed.key_version:
            raise SealBrokenError("the credentials are of another key version than the row says")
        data_key = await self._keys.unwrap(wrapped.head, wrapped.data_key)
        return decrypt(wrapped, data_key, context)
