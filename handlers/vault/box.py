"""The box of small secrets: AES-256-GCM under a key file that the edge may use.

Layout, whole and in this order:

    0    1   version of the layout, 1
    1    4   number of the key, big-endian
    5   12   nonce, random (NIST SP 800-38D, 8.2.2)
    17   n   the secret, encrypted
    17+n 16  tag

Authenticated with it, but not in it: the first five bytes, the user's id and the purpose.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from typing_extensions import override

from handlers.vault.base import BoxContext, SecretBox
from handlers.vault.errors import KeyMissingError, SealBrokenError
from handlers.vault.key_files import new_symmetric

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = 1
_HEAD = struct.Struct(">BI")
_NONCE_BYTES = 12
_TAG_BYTES = 16
_SHORTEST = _HEAD.size + _NONCE_BYTES + _TAG_BYTES


class AesBox(SecretBox):
    """A box over keys of 256 bit, by number; there is at least one."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._newest = max(keys)

    def __repr__(self) -> str:
        return f"AesBox(newest={self._newest})"

    @override
    def encrypt(self, secret: bytes, context: BoxContext) -> bytes:
        head, nonce = _HEAD.pack(_VERSION, self._newest), os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, secret, _bound(head, context))
        return head + nonce + sealed

    @override
    def decrypt(self, sealed: bytes, context: BoxContext) -> bytes:
        if len(sealed) < _SHORTEST:
            raise SealBrokenError("the secret is too short to be one")
        head = sealed[: _HEAD.size]
        version, number = _HEAD.unpack(head)
        if version != _VERSION:
            raise SealBrokenError("the secret has a layout that is not known")
        if number not in self._ciphers:
            msg = f"the secret was encrypted under key {number}, which is not here"
            raise KeyMissingError(msg)
        nonce, rest = sealed[_HEAD.size :][:_NONCE_BYTES], sealed[_HEAD.size + _NONCE_BYTES :]
        try:
            return self._ciphers[number].decrypt(nonce, rest, _bound(head, context))
        except InvalidTag:
            raise SealBrokenError("the secret was changed, or is not this one's") from None


def memory_box() -> AesBox:
    """Return a box whose key ends with it: what it encrypted, nobody opens later."""
    return AesBox({1: new_symmetric()})


def _bound(head: bytes, context: BoxContext) -> bytes:
    return head + context.user.bytes + context.purpose.encode()
