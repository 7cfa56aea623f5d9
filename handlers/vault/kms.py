"""The vault over KMS: data keys are wrapped here with the public half, and unwrapped there.

Keys of KMS that wrap (RSA_4096, ENCRYPT_DECRYPT) are never rotated by KMS itself, and take no
encryption context: a new version is a new key, and record and proof carry the context. Sealing
needs `kms:GetPublicKey`, unsealing `kms:Decrypt`; no principal needs both.

Sources: AWS KMS API Reference, GetPublicKey, Decrypt (RSAES_OAEP_SHA_256).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from typing_extensions import override

from handlers.vault.envelope import PrivateKeys, PublicKeys, WrappingKey
from handlers.vault.errors import (
    KeyMissingError,
    SealBrokenError,
    VaultError,
    VaultUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from contextlib import AbstractAsyncContextManager

    from types_aiobotocore_kms import KMSClient

    from handlers.vault.sealed import Head

_BROKEN = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_MISSING = frozenset(
    {
        "AccessDeniedException",
        "DisabledException",
        "InvalidKeyUsageException",
        "KMSInvalidStateException",
        "NotFoundException",
        "ValidationException",
    }
)
_SETTINGS = AioConfig(
    connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"}
)


@asynccontextmanager
async def open_kms(endpoint_url: str | None) -> AsyncGenerator[KMSClient]:
    """Open a client; region and identity come from where AWS's own programs find them."""
    # The stubs know four of all the services; the other overloads have no types.
    session = cast("Any", AioSession())
    made: AbstractAsyncContextManager[KMSClient] = session.create_client(
        "kms", endpoint_url=endpoint_url, config=_SETTINGS
    )
    async with made as client:
        yield client


class KmsPublicKeys(PublicKeys):
    """Public halves as KMS gives them out; the newest is asked for once."""

    def __init__(self, client: KMSClient, keys: Mapping[int, str]) -> None:
        self._client = client
        self._version = max(keys)
        self._id = keys[self._version]
        self._newest: WrappingKey | None = None

    @override
    async def newest(self) -> WrappingKey:
        if self._newest is None:
            self._newest = await self._fetch()
        return self._newest

    async def _fetch(self) -> WrappingKey:
        try:
            answer = await self._client.get_public_key(KeyId=self._id)
        except (ClientError, BotoCoreError, OSError) as error:
            raise _translated(error) from error
        public = load_der_public_key(answer["PublicKey"])
        if not isinstance(public, rsa.RSAPublicKey):
            msg = f"{self._id} is no RSA key"
            raise KeyMissingError(msg)
        return WrappingKey(version=self._version, key_id=answer["KeyId"], public=public)


class KmsPrivateKeys(PrivateKeys):
    """Private halves that never leave KMS."""

    def __init__(self, client: KMSClient, keys: Mapping[int, str]) -> None:
        self._client = client
        self._keys = dict(keys)

    @override
    async def unwrap(self, head: Head, data_key: bytes) -> bytes:
        key_id = self._keys.get(head.key_version)
        if key_id is None:
            msg = f"the credentials are sealed under key version {head.key_version}, not here"
            raise KeyMissingError(msg)
        try:
            answer = await self._client.decrypt(
                KeyId=key_id,
                CiphertextBlob=data_key,
                EncryptionAlgorithm="RSAES_OAEP_SHA_256",
            )
        except (ClientError, BotoCoreError, OSError) as error:
            raise _translated(error) from error
        if answer["KeyId"] != head.key_id:
            raise SealBrokenError("the data key was wrapped by another key than the record says")
        return answer["Plaintext"]


def _translated(error: Exception) -> VaultError:
    """Return the house's error; KMS's own text says which key, and nothing of what was sealed."""
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    if code in _BROKEN:
        return SealBrokenError("the data key does not unwrap")
    if code in _MISSING:
        return KeyMissingError(f"KMS refuses the key: {code}")
    return VaultUnavailableError(f"KMS gave no answer: {code or type(error).__name__}")
