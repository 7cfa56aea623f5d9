"""The vault's ports: who may seal, who may open, and the small box that the edge keeps itself.

A process is given the half that it needs and no other: the edge a `Sealer`, which can only write;
a worker an `Unsealer`. A `SecretBox` is for what the edge itself must read again, TOTP seeds above
all; broker credentials never go into it.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from bus.values import UserId


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
