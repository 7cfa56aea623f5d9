"""The keys of the local profile: drawn at its first start, kept in its data folder."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from handlers.vault.key_files import SYMMETRIC, write_key
from handlers.vault.settings import BOX_VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "keys"
_BYTES = 32


def own_keys(data_dir: Path) -> dict[str, str]:
    """Draw what keys there are not yet; return the variables that name their folders."""
    box = data_dir.absolute() / _FOLDER / "box"
    if not any(box.glob(f"*{SYMMETRIC}")):
        with suppress(FileExistsError):
            write_key(box, 1, SYMMETRIC, secrets.token_bytes(_BYTES))
    return {BOX_VARIABLE: str(box)}
