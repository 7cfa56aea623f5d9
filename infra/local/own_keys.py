"""Key files of the local profile: drawn at its first start, kept in its data folder for us alone.

`keys/private` is what workers unseal with, `keys/public` what the edge seals with; `keys/origin`
proves where a sealed record comes from, and `keys/box` holds the edge's own small secrets.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from handlers.vault.key_files import PEM, SYMMETRIC, key_numbers, new_symmetric, write_key
from handlers.vault.rsa_keys import KEY_BITS, new_key, private_pem, public_pem, read_private
from handlers.vault.settings import (
    BOX_VARIABLE,
    ORIGIN_VARIABLE,
    PRIVATE_VARIABLE,
    PUBLIC_VARIABLE,
)

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "keys"

log: structlog.stdlib.BoundLogger = structlog.get_logger("up")


def own_keys(data_dir: Path) -> dict[str, str]:
    """Draw what keys there are not yet; return the variables that name their folders.

    Keys that are there are never replaced. A start that was killed in between leaves whole keys,
    and perhaps a private one whose public half is still to be written.
    """
    folder = data_dir.absolute() / _FOLDER
    private = folder / "private"
    if not key_numbers(private, PEM):
        add_vault_key(data_dir)
    for version in key_numbers(private, PEM):
        _publish(folder, version)
    for kind in ("origin", "box"):
        if not key_numbers(folder / kind, SYMMETRIC):
            with suppress(FileExistsError):
                write_key(folder / kind, 1, SYMMETRIC, new_symmetric())
    return key_folders(data_dir)


def key_folders(data_dir: Path) -> dict[str, str]:
    """Return the variables that name the folders of our keys."""
    folder = data_dir.absolute() / _FOLDER
    return {
        PRIVATE_VARIABLE: str(folder / "private"),
        PUBLIC_VARIABLE: str(folder / "public"),
        ORIGIN_VARIABLE: str(folder / "origin"),
        BOX_VARIABLE: str(folder / "box"),
    }


def add_vault_key(data_dir: Path) -> int:
    """Draw the next version of the vault's key; returns its number. Nothing sealed changes.

    The private half is there before the public one, so that nothing is ever sealed under a key
    that nobody can unseal with.
    """
    folder = data_dir.absolute() / _FOLDER
    version = max(key_numbers(folder / "private", PEM), default=0) + 1
    log.info("drawing_vault_key", version=version, bits=KEY_BITS)
    with suppress(FileExistsError):
        write_key(folder / "private", version, PEM, private_pem(new_key()))
    _publish(folder, version)
    return version


def _publish(folder: Path, version: int) -> None:
    """Write a private key's public half beside it, unless it is there."""
    if version in key_numbers(folder / "public", PEM):
        return
    path = folder / "private" / f"{version}{PEM}"
    key = read_private(path.read_bytes(), variable=PRIVATE_VARIABLE, name=str(path))
    with suppress(FileExistsError):
        write_key(folder / "public", version, PEM, public_pem(key.public_key()))
