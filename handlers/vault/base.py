"""The vault's ports: who may seal, who may open, and the small box that the edge keeps itself.

A process is given the half that it needs and no other: the edge a `Sealer`, which can only write;
a worker an `Unsealer`. What re-wraps after a rotation is given both. A `SecretBox` is for what the
edge itself must read again, TOTP seeds above all; broker credentials never go into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from bus.values import AccountId, UserId

if TYPE_CHECKING:
    from broker_adapters.credentials import Credentials


class SealContext(msgspec.Struct, frozen=True, kw_only=True):
    """Whose credentials they are, and at which broker; they open for nothing else."""

    user: UserId
    account: AccountId
    broker: str
    purpose: str = "broker_credentials"


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials as the record keeps them; without the private key it is noise.

    Attributes:
        record: The layout that `sealed` describes.
        key_version: The version of the key it is wrapped by, as the record itself says.
    """

    record: bytes
    key_version: int

    def __repr__(self) -> str:
        return f"Sealed(key_version={self.key_version}, bytes={len(self.record)})"


class Sealer(Protocol):
    """The half that writes: it holds a public key, and nothing that opens what it sealed."""

    async def seal(self, secret: Credentials, context: SealContext) -> Sealed:
        """Seal under the newest key, bound to its context; never the same record twice.

        Raises:
            VaultUnavailableError: The newest public key could not be had; trying again is safe.
        """
        ...

    async def key_version(self) -> int:
        """Return the version of the key that is sealed under now; raises as `seal` does."""
        ...


class Unsealer(Protocol):
    """The half that reads, for workers alone: under every key version that is not gone yet."""

    async def unseal(self, sealed: Sealed, context: SealContext) -> Credentials:
        """Return what was sealed.

        Raises:
            SealBrokenError: It was changed, moved from another row, or made by somebody who has
                the public key and no more.
            KeyMissingError: The key of its version is not here, or was disabled.
            VaultUnavailableError: The keeper of the keys gave no answer; trying again is safe.
        """
        ...


class BoxContext(msgspec.Struct, frozen=True, kw_only=True):
    """Whose secret it is and what for; what was encrypted for one opens for no other.

    Attributes:
        purpose: A short constant name, such as `totp_seed`.
    """

    user: UserId
    purpose: str


class SecretBox(Protocol):
    """Encrypts small secrets under a symmetric key of this process; both are quick and pure.

    Any number of keys may be known, by number: the newest encrypts, all of them decrypt.
    """

    def encrypt(self, secret: bytes, context: BoxContext) -> bytes:
        """Return the secret encrypted and bound to its context; never the same bytes twice."""
        ...

    def decrypt(self, sealed: bytes, context: BoxContext) -> bytes:
        """Return the secret.

        Raises:
            SealBrokenError: It was changed, or encrypted for another context or by another key.
            KeyMissingError: The key of its number is not here.
        """
        ...
