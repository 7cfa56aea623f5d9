"""RSA keys: drawn, written down, read back, and what records call them."""

from __future__ import annotations

from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from handlers.vault.errors import VaultSettingsError

KEY_BITS = 4096
_EXPONENT = 65_537


def new_key(bits: int = KEY_BITS) -> rsa.RSAPrivateKey:
    """Draw a key; 4,096 bit take about a second, sometimes several."""
    return rsa.generate_private_key(_EXPONENT, bits)


def fingerprint(key: rsa.RSAPublicKey) -> str:
    """Return what records call a key of ours: 128 bit of SHA-256 over its public half."""
    return f"rsa-{sha256(_public_der(key)).hexdigest()[:32]}"


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    """Write the private half down as PKCS #8, unencrypted: its file's mode guards it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key: rsa.RSAPublicKey) -> bytes:
    """Write the public half down."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read_public(pem: bytes, *, variable: str, name: str) -> rsa.RSAPublicKey:
    """Read a public key.

    Raises:
        VaultSettingsError: It is none, or smaller than 4,096 bit; variable and file are named.
    """
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise _no_key(variable, name) from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < KEY_BITS:
        raise _no_key(variable, name)
    return key


def read_private(pem: bytes, *, variable: str, name: str) -> rsa.RSAPrivateKey:
    """Read a private key; its primes are not tried again: that would take 0.3 s a worker.

    Raises:
        VaultSettingsError: It is none, or smaller than 4,096 bit; variable and file are named.
    """
    try:
        key = serialization.load_pem_private_key(
            pem, password=None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _no_key(variable, name) from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < KEY_BITS:
        raise _no_key(variable, name)
    return key


def _public_der(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _no_key(variable: str, name: str) -> VaultSettingsError:
    return VaultSettingsError(variable, f"holds {name}, which is no RSA key of {KEY_BITS} bit")
