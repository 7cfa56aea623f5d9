"""The sealed record: its layout, and what is done with a data key that somebody else wraps.

Whole, in this order, numbers big-endian:

    1    version of the layout, 1
    4    version of the wrapping key
    4    number of the origin key
    1+k  id of the wrapping key, its length first (ASCII)
    2+w  the data key, wrapped RSAES-OAEP-SHA-256 (RFC 8017), its length first
    12   nonce, random (NIST SP 800-38D, 8.2.2)
    n    the credentials as JSON, AES-256-GCM under the data key
    16   its tag
    32   origin proof: HMAC-SHA-256 over context and everything above

The data key is 256 random bits and used once. Both the tag and the proof cover the layout's
version, the key's version and id, and the context: user, account, broker, purpose. The proof is
needed because anybody may wrap a data key with a public key; only who has the origin key, which
opens nothing, can make a record that is believed. It is checked before anything is decrypted.
"""

from __future__ import annotations

import hmac
import os
import struct
from typing import TYPE_CHECKING

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker_adapters.credentials import AnyCredentials
from handlers.vault.errors import KeyMissingError, SealBrokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broker_adapters.credentials import Credentials
    from handlers.vault.base import SealContext

DATA_KEY_BYTES = 32
_LAYOUT = 1
_HEAD = struct.Struct(">BIIB")
_LENGTH = struct.Struct(">H")
_NONCE_BYTES = 12
_TAG_BYTES = 16
_PROOF_BYTES = 32
_CREDENTIALS = msgspec.json.Decoder(AnyCredentials)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a record says about the keys it needs."""

    key_version: int
    origin: int
    key_id: str

    def __bytes__(self) -> bytes:
        name = self.key_id.encode("ascii")
        return _HEAD.pack(_LAYOUT, self.key_version, self.origin, len(name)) + name


class Wrapped(msgspec.Struct, frozen=True, kw_only=True):
    """A record taken apart; its origin is proved, nothing is decrypted."""

    head: Head
    data_key: bytes
    nonce: bytes
    ciphertext: bytes

    def __bytes__(self) -> bytes:
        return b"".join(
            (
                bytes(self.head),
                _LENGTH.pack(len(self.data_key)),
                self.data_key,
                self.nonce,
                self.ciphertext,
            )
        )


class Origins:
    """The origin keys, by number: the newest proves, all of them are believed."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)
        self.newest = max(keys)

    def __repr__(self) -> str:
        return f"Origins(newest={self.newest})"

    def prove(self, wrapped: Wrapped, context: SealContext) -> bytes:
        """Return the record with its proof at the end."""
        body = bytes(wrapped)
        return body + self._proof(wrapped.head, body, context)

    def verified(self, record: bytes, context: SealContext) -> Wrapped:
        """Take a record apart.

        Raises:
            SealBrokenError: It is none, or its proof is not of this context or of a key of ours.
            KeyMissingError: The origin key of its number is not here.
        """
        body, proof = record[:-_PROOF_BYTES], record[-_PROOF_BYTES:]
        wrapped = parse(body)
        if not hmac.compare_digest(proof, self._proof(wrapped.head, body, context)):
            raise SealBrokenError("the credentials were changed, moved, or not sealed by us")
        return wrapped

    def _proof(self, head: Head, body: bytes, context: SealContext) -> bytes:
        key = self._keys.get(head.origin)
        if key is None:
            msg = f"the credentials were sealed with origin key {head.origin}, which is not here"
            raise KeyMissingError(msg)
        return hmac.digest(key, _bound(head, context) + body, "sha256")


def encrypt(secret: Credentials, head: Head, context: SealContext) -> tuple[bytes, bytes, bytes]:
    """Encrypt under a new data key; returns (data key, nonce, ciphertext)."""
    data_key, nonce = os.urandom(DATA_KEY_BYTES), os.urandom(_NONCE_BYTES)
    plain = msgspec.json.encode(secret)
    return data_key, nonce, AESGCM(data_key).encrypt(nonce, plain, _bound(head, context))


def decrypt(wrapped: Wrapped, data_key: bytes, context: SealContext) -> Credentials:
    """Return the credentials.

    Raises:
        SealBrokenError: The data key or the context is another one's.
    """
    try:
        cipher = AESGCM(data_key)
        plain = cipher.decrypt(wrapped.nonce, wrapped.ciphertext, _bound(wrapped.head, context))
        return _CREDENTIALS.decode(plain)
    except (InvalidTag, ValueError):
        # Without the cause: a decoder's message may quote what it read.
        raise SealBrokenError("the credentials do not open here") from None


def parse(body: bytes) -> Wrapped:
    """Take a record apart that has no proof at its end.

    Raises:
        SealBrokenError: It is none.
    """
    try:
        layout, version, origin, id_bytes = _HEAD.unpack_from(body)
        at = _HEAD.size + id_bytes
        key_id = body[_HEAD.size : at].decode("ascii")
        (key_bytes,) = _LENGTH.unpack_from(body, at)
    except (struct.error, UnicodeDecodeError):
        raise SealBrokenError("the credentials are not sealed ones") from None
    at += _LENGTH.size
    nonce_at, text_at = at + key_bytes, at + key_bytes + _NONCE_BYTES
    if layout != _LAYOUT or len(body) < text_at + _TAG_BYTES:
        raise SealBrokenError("the credentials are sealed in a way that is not known")
    return Wrapped(
        head=Head(key_version=version, origin=origin, key_id=key_id),
        data_key=body[at:nonce_at],
        nonce=body[nonce_at:text_at],
        ciphertext=body[text_at:],
    )


def _bound(head: Head, context: SealContext) -> bytes:
    """Return what tag and proof cover beside the record; no two contexts come to the same bytes."""
    broker, purpose = context.broker.encode(), context.purpose.encode()
    lengths = struct.pack(">HH", len(broker), len(purpose))
    ids = context.user.bytes + context.account.bytes
    return b"4pass sealed" + bytes(head) + ids + lengths + broker + purpose
