"""RSA keys survive their files; what is no key of 4,096 bit is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from handlers.vault.errors import VaultSettingsError
from handlers.vault.rsa_keys import (
    fingerprint,
    new_key,
    private_pem,
    public_pem,
    read_private,
    read_public,
)
from tests.servers.keys import drawn_key

if TYPE_CHECKING:
    from collections.abc import Callable

NAMED = {"variable": "FOURPASS_KEYS", "name": "1.pem"}


def test_key_survives_its_files() -> None:
    key = drawn_key(1)

    private = read_private(private_pem(key), **NAMED)
    public = read_public(public_pem(key.public_key()), **NAMED)

    assert private.private_numbers() == key.private_numbers()
    assert fingerprint(public) == fingerprint(private.public_key())


def test_public_file_holds_no_private_half() -> None:
    assert b"PRIVATE" not in public_pem(drawn_key(1).public_key())


def test_keys_have_names_of_their_own() -> None:
    assert fingerprint(drawn_key(1).public_key()) != fingerprint(drawn_key(2).public_key())


def short() -> tuple[bytes, bytes]:
    key = new_key(2048)
    return private_pem(key), public_pem(key.public_key())


def other_kind() -> tuple[bytes, bytes]:
    key = ed25519.Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private, public


def swapped() -> tuple[bytes, bytes]:
    key = drawn_key(1)
    return public_pem(key.public_key()), private_pem(key)


@pytest.mark.parametrize("made", [short, other_kind, swapped, lambda: (b"", b"no key")])
def test_what_is_no_key_of_4096_bit_is_refused_by_name(
    made: Callable[[], tuple[bytes, bytes]],
) -> None:
    private, public = made()

    for read, pem in ((read_private, private), (read_public, public)):
        with pytest.raises(VaultSettingsError, match=r"FOURPASS_KEYS holds 1\.pem") as refused:
            read(pem, **NAMED)
        assert "BEGIN" not in str(refused.value)
