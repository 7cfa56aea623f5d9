"""The vaults under test: over keys in memory, over key files, and over KMS."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pytest
from typing_extensions import override

from handlers.vault.envelope import EnvelopeSealer, EnvelopeUnsealer
from handlers.vault.key_files import new_symmetric
from handlers.vault.kms import KmsPublicKeys, open_kms
from handlers.vault.local import LocalPrivateKeys, LocalPublicKeys
from handlers.vault.open import open_sealer, open_unsealer
from handlers.vault.rsa_keys import fingerprint, new_key, read_public
from handlers.vault.sealed import Origins
from handlers.vault.settings import KmsKeys, SealerSettings, UnsealerSettings
from tests.servers.emulator import shared_emulator
from tests.servers.keys import write_keys
from tests.servers.kms import IDENTITY, drawn_kms_key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import rsa

    from handlers.vault.base import Sealer, Unsealer

Halves = tuple["Sealer", "Unsealer"]


class Vaults(Protocol):
    """Two versions of a key; a vault opens over as many of them as a test says."""

    def open(self, *versions: int) -> AbstractAsyncContextManager[Halves]:
        """Open both halves over these versions."""
        ...

    async def public(self, version: int) -> tuple[str, rsa.RSAPublicKey]:
        """Return what everybody may have: a version's id and its public key."""
        ...


@dataclass
class MemoryVaults(Vaults):
    keys: dict[int, rsa.RSAPrivateKey]
    origins: Origins = field(default_factory=lambda: Origins({1: new_symmetric()}))

    @override
    @asynccontextmanager
    async def open(self, *versions: int) -> AsyncGenerator[Halves]:
        public = {version: self.keys[version].public_key() for version in versions}
        private = {version: self.keys[version] for version in versions}
        yield (
            EnvelopeSealer(LocalPublicKeys(lambda: public), self.origins),
            EnvelopeUnsealer(LocalPrivateKeys(lambda: private), self.origins),
        )

    @override
    async def public(self, version: int) -> tuple[str, rsa.RSAPublicKey]:
        key = await LocalPublicKeys(lambda: {version: self.keys[version].public_key()}).newest()
        return key.key_id, key.public


@dataclass
class LocalVaults(Vaults):
    folder: Path

    @override
    @asynccontextmanager
    async def open(self, *versions: int) -> AsyncGenerator[Halves]:
        folder = self.folder / "-".join(map(str, versions))
        for kind in ("public", "private"):
            (folder / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
            for version in versions:
                path = folder / kind / f"{version}.pem"
                path.touch(mode=0o600)
                path.write_bytes((self.folder / kind / path.name).read_bytes())
        async with AsyncExitStack() as stack:
            origins = self.folder / "origin"
            sealer = open_sealer(SealerSettings(keys=folder / "public", origins=origins))
            unsealer = open_unsealer(UnsealerSettings(keys=folder / "private", origins=origins))
            yield (
                await stack.enter_async_context(sealer),
                await stack.enter_async_context(unsealer),
            )

    @override
    async def public(self, version: int) -> tuple[str, rsa.RSAPublicKey]:
        pem = (self.folder / "public" / f"{version}.pem").read_bytes()
        key = read_public(pem, variable="-", name="-")
        return fingerprint(key), key


@dataclass
class KmsVaults(Vaults):
    endpoint: str
    keys: dict[int, str]
    origins: Path

    @override
    @asynccontextmanager
    async def open(self, *versions: int) -> AsyncGenerator[Halves]:
        keys = KmsKeys(
            by_version={version: self.keys[version] for version in versions},
            endpoint_url=self.endpoint,
        )
        async with (
            open_sealer(SealerSettings(keys=keys, origins=self.origins)) as sealer,
            open_unsealer(UnsealerSettings(keys=keys, origins=self.origins)) as unsealer,
        ):
            yield sealer, unsealer

    @override
    async def public(self, version: int) -> tuple[str, rsa.RSAPublicKey]:
        async with open_kms(self.endpoint) as client:
            key = await KmsPublicKeys(client, {version: self.keys[version]}).newest()
            return key.key_id, key.public


@pytest.fixture(
    params=[
        "memory-asyncio",
        "memory-trio",
        "local-asyncio",
        pytest.param("kms-asyncio", marks=pytest.mark.aws),
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def anyio_backend(kind: str) -> str:
    return kind.split("-")[1]


@pytest.fixture(scope="session")
def memory_keys() -> dict[int, rsa.RSAPrivateKey]:
    return {version: new_key(2048) for version in (1, 2)}


@pytest.fixture
async def vaults(
    kind: str,
    tmp_path: Path,
    memory_keys: dict[int, rsa.RSAPrivateKey],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Vaults]:
    if kind.startswith("memory"):
        yield MemoryVaults(memory_keys)
        return
    write_keys(tmp_path, versions=2)
    if kind.startswith("local"):
        yield LocalVaults(tmp_path)
        return
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    keys = {version: drawn_kms_key(version) for version in (1, 2)}
    yield KmsVaults(shared_emulator().url, keys, tmp_path / "origin")
