"""Key folders as set-up makes them, over RSA keys that a test run draws once."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from handlers.vault.key_files import PEM, SYMMETRIC, new_symmetric, write_key
from handlers.vault.rsa_keys import new_key, private_pem, public_pem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa


@functools.cache
def drawn_key(version: int) -> rsa.RSAPrivateKey:
    """Return the RSA-4096 key that stands for this version in the whole test run."""
    del version
    return new_key()


def write_keys(folder: Path, *, versions: int = 1) -> dict[str, str]:
    """Write all kinds of keys; returns the environment that names their folders."""
    for version in range(1, versions + 1):
        key = drawn_key(version)
        write_key(folder / "private", version, PEM, private_pem(key))
        write_key(folder / "public", version, PEM, public_pem(key.public_key()))
    write_key(folder / "origin", 1, SYMMETRIC, new_symmetric())
    write_key(folder / "box", 1, SYMMETRIC, new_symmetric())
    return {
        "FOURPASS_VAULT_PRIVATE_KEYS": str(folder / "private"),
        "FOURPASS_VAULT_PUBLIC_KEYS": str(folder / "public"),
        "FOURPASS_VAULT_ORIGIN_KEYS": str(folder / "origin"),
        "FOURPASS_SECRET_BOX_KEYS": str(folder / "box"),
    }


def lay_key(data_dir: Path) -> None:
    """Leave the vault's key in a data folder that has none: to draw one takes seconds of CPU."""
    with suppress(FileExistsError):
        write_key(data_dir / "keys" / "private", 1, PEM, private_pem(drawn_key(1)))


@functools.cache
def shared_keys() -> dict[str, str]:
    """Return the environment that names key folders of this test run, written when first asked."""
    folder = Path(tempfile.mkdtemp(prefix="fourpass-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return write_keys(folder)


def edge_keys() -> dict[str, str]:
    """Return what an edge of a test is told: never where the private half is."""
    told = dict(shared_keys())
    del told["FOURPASS_VAULT_PRIVATE_KEYS"]
    return told
