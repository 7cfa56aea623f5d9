"""Where keys are, as the environment says; it names folders and never holds a key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from handlers.vault.errors import VaultSettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

VAULT_VARIABLE = "FOURPASS_VAULT"
PUBLIC_VARIABLE = "FOURPASS_VAULT_PUBLIC_KEYS"
PRIVATE_VARIABLE = "FOURPASS_VAULT_PRIVATE_KEYS"
ORIGIN_VARIABLE = "FOURPASS_VAULT_ORIGIN_KEYS"
KMS_VARIABLE = "FOURPASS_VAULT_KMS_KEYS"
BOX_VARIABLE = "FOURPASS_SECRET_BOX_KEYS"
_ENDPOINT_VARIABLE = "FOURPASS_AWS_ENDPOINT_URL"

_LOCAL, _KMS = "local", "kms"


class KmsKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Keys in KMS, by version: ids or ARNs."""

    by_version: dict[int, str]
    endpoint_url: str | None


class SealerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What who seals is told: where the public half is, never the private one.

    Attributes:
        keys: A folder of public keys, or keys in KMS.
        origins: The folder of origin keys.
    """

    keys: Path | KmsKeys
    origins: Path


class UnsealerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What who unseals is told; the folder is one of private keys."""

    keys: Path | KmsKeys
    origins: Path


def read_sealer_settings(environment: Mapping[str, str]) -> SealerSettings:
    """Read what the edge needs.

    Raises:
        VaultSettingsError: A variable is missing or cannot be understood; it is named.
    """
    keys = _keys(environment, PUBLIC_VARIABLE)
    return SealerSettings(keys=keys, origins=key_folder(environment, ORIGIN_VARIABLE))


def read_unsealer_settings(environment: Mapping[str, str]) -> UnsealerSettings:
    """Read what a worker needs.

    Raises:
        VaultSettingsError: A variable is missing or cannot be understood; it is named.
    """
    keys = _keys(environment, PRIVATE_VARIABLE)
    return UnsealerSettings(keys=keys, origins=key_folder(environment, ORIGIN_VARIABLE))


def key_folder(environment: Mapping[str, str], variable: str) -> Path:
    """Return the folder that a variable names.

    Raises:
        VaultSettingsError: It is not set.
    """
    named = environment.get(variable, "").strip()
    if not named:
        raise VaultSettingsError(variable, "is not set; it names a folder of keys")
    return Path(named)


def _keys(environment: Mapping[str, str], variable: str) -> Path | KmsKeys:
    kind = environment.get(VAULT_VARIABLE, "").strip() or _LOCAL
    if kind == _LOCAL:
        return key_folder(environment, variable)
    if kind != _KMS:
        raise VaultSettingsError(VAULT_VARIABLE, f"is none of: {_LOCAL}, {_KMS}")
    return KmsKeys(
        by_version=_by_version(environment.get(KMS_VARIABLE, "")),
        endpoint_url=environment.get(_ENDPOINT_VARIABLE, "").strip() or None,
    )


def _by_version(text: str) -> dict[int, str]:
    """Read `1=KEY,2=KEY`."""
    keys: dict[int, str] = {}
    for pair in text.split(",") if text.strip() else ():
        number, _, key_id = (part.strip() for part in pair.partition("="))
        if not (number.isascii() and number.isdecimal()) or int(number) < 1 or not key_id:
            raise VaultSettingsError(KMS_VARIABLE, "is not of the form 1=KEY,2=KEY")
        if int(number) in keys:
            raise VaultSettingsError(KMS_VARIABLE, f"names version {int(number)} twice")
        keys[int(number)] = key_id
    if not keys:
        raise VaultSettingsError(KMS_VARIABLE, "is not set; it names keys of KMS: 1=KEY,2=KEY")
    return keys
