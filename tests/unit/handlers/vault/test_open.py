"""The vault opens over good keys and refuses all others, naming variable and file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from bus.values import UserId
from handlers.vault.base import BoxContext
from handlers.vault.errors import VaultSettingsError
from handlers.vault.key_files import SYMMETRIC, write_key
from handlers.vault.open import open_box

if TYPE_CHECKING:
    from pathlib import Path

SEED = BoxContext(user=UserId(UUID(int=1)), purpose="totp_seed")


def test_box_opens_what_an_earlier_process_encrypted(tmp_path: Path) -> None:
    write_key(tmp_path, 1, SYMMETRIC, bytes(range(32)))
    sealed = open_box(tmp_path).encrypt(b"seed", SEED)

    assert open_box(tmp_path).decrypt(sealed, SEED) == b"seed"


@pytest.mark.parametrize("key", [b"", b"short", bytes(32), b"x" * 32, bytes(range(33))])
def test_short_or_placeholder_key_is_refused_by_name(tmp_path: Path, key: bytes) -> None:
    write_key(tmp_path, 1, SYMMETRIC, key)

    with pytest.raises(VaultSettingsError, match=r"FOURPASS_SECRET_BOX_KEYS .*1\.key") as refused:
        open_box(tmp_path)
    assert refused.value.variable == "FOURPASS_SECRET_BOX_KEYS"
