"""Where keys are, as the environment says; it names folders and never holds a key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from handlers.vault.errors import VaultSettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

BOX_VARIABLE = "FOURPASS_SECRET_BOX_KEYS"


def key_folder(environment: Mapping[str, str], variable: str) -> Path:
    """Return the folder that a variable names.

    Raises:
        VaultSettingsError: It is not set.
    """
    named = environment.get(variable, "").strip()
    if not named:
        raise VaultSettingsError(variable, "is not set; it names a folder of keys")
    return Path(named)
