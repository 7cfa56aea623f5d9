"""What the environment says about keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.vault.errors import VaultSettingsError
from handlers.vault.settings import (
    KmsKeys,
    key_folder,
    read_sealer_settings,
    read_unsealer_settings,
)

LOCAL = {
    "FOURPASS_VAULT_PUBLIC_KEYS": "/keys/public",
    "FOURPASS_VAULT_PRIVATE_KEYS": "/keys/private",
    "FOURPASS_VAULT_ORIGIN_KEYS": "/keys/origin",
}
KMS = {
    "FOURPASS_VAULT": "kms",
    "FOURPASS_VAULT_KMS_KEYS": "1=old, 2=new",
    "FOURPASS_VAULT_ORIGIN_KEYS": "/keys/origin",
}


def test_who_seals_is_told_of_the_public_half_alone() -> None:
    settings = read_sealer_settings(LOCAL)

    assert settings.keys == Path("/keys/public")
    assert "private" not in repr(settings)


def test_who_unseals_is_told_of_the_private_half() -> None:
    assert read_unsealer_settings(LOCAL).keys == Path("/keys/private")


def test_keys_of_kms_have_versions() -> None:
    keys = read_sealer_settings(KMS | {"FOURPASS_AWS_ENDPOINT_URL": "http://127.0.0.1:1"}).keys

    assert keys == KmsKeys(by_version={1: "old", 2: "new"}, endpoint_url="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("change", "variable"),
    [
        ({"FOURPASS_VAULT": "vaultwarden"}, "FOURPASS_VAULT"),
        ({"FOURPASS_VAULT_PUBLIC_KEYS": ""}, "FOURPASS_VAULT_PUBLIC_KEYS"),
        ({"FOURPASS_VAULT_ORIGIN_KEYS": ""}, "FOURPASS_VAULT_ORIGIN_KEYS"),
        ({"FOURPASS_VAULT": "kms"}, "FOURPASS_VAULT_KMS_KEYS"),
        (KMS | {"FOURPASS_VAULT_KMS_KEYS": "one=a"}, "FOURPASS_VAULT_KMS_KEYS"),
        (KMS | {"FOURPASS_VAULT_KMS_KEYS": "0=a"}, "FOURPASS_VAULT_KMS_KEYS"),
        (KMS | {"FOURPASS_VAULT_KMS_KEYS": "1="}, "FOURPASS_VAULT_KMS_KEYS"),
        (KMS | {"FOURPASS_VAULT_KMS_KEYS": "1=a,1=b"}, "FOURPASS_VAULT_KMS_KEYS"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_by_name(change: dict[str, str], variable: str) -> None:
    with pytest.raises(VaultSettingsError, match=f"^{variable} ") as refused:
        read_sealer_settings(LOCAL | change)
    assert refused.value.variable == variable


def test_folder_is_the_one_that_the_variable_names() -> None:
    assert key_folder({"FOURPASS_KEYS": " /run/keys "}, "FOURPASS_KEYS") == Path("/run/keys")
