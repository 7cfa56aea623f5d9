"""Opening the vault; roots alone do that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.vault.box import KEY_BYTES, AesBox
from handlers.vault.errors import VaultSettingsError
from handlers.vault.key_files import SYMMETRIC, read_keys
from handlers.vault.settings import BOX_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from handlers.vault.base import SecretBox


def open_box(folder: Path) -> SecretBox:
    """Open the box of small secrets over a folder of keys.

    Raises:
        VaultSettingsError: A key is missing, unsafe or of the wrong size; the file is named.
    """
    return AesBox(_symmetric(folder, BOX_VARIABLE))


def _symmetric(folder: Path, variable: str) -> Mapping[int, bytes]:
    keys = read_keys(folder, SYMMETRIC, variable=variable)
    for number, key in keys.items():
        # A key of one byte over and over was written by hand, not drawn.
        if len(key) != KEY_BYTES or len(set(key)) == 1:
            problem = f"names {folder}, whose {number}{SYMMETRIC} is no key of 256 random bits"
            raise VaultSettingsError(variable, problem)
    return keys
