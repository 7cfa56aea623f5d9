"""What the environment says about keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.vault.errors import VaultSettingsError
from handlers.vault.settings import key_folder


def test_folder_is_the_one_that_the_variable_names() -> None:
    assert key_folder({"FOURPASS_KEYS": " /run/keys "}, "FOURPASS_KEYS") == Path("/run/keys")


@pytest.mark.parametrize("environment", [{}, {"FOURPASS_KEYS": " "}])
def test_folder_that_is_not_named_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(VaultSettingsError, match="FOURPASS_KEYS is not set"):
        key_folder(environment, "FOURPASS_KEYS")
