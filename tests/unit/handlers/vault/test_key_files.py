"""Key files are ours alone, numbered, and never replaced."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from handlers.vault.errors import VaultSettingsError
from handlers.vault.key_files import PEM, SYMMETRIC, read_keys, write_key

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "FOURPASS_KEYS"


def read(folder: Path) -> dict[int, bytes]:
    return dict(read_keys(folder, SYMMETRIC, variable=VARIABLE))


def test_keys_are_read_by_their_numbers(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        write_key(tmp_path / "keys", number, SYMMETRIC, b"key %d" % number)

    assert read(tmp_path / "keys") == {1: b"key 1", 2: b"key 2", 10: b"key 10"}


def test_other_files_are_no_keys(tmp_path: Path) -> None:
    write_key(tmp_path, 1, SYMMETRIC, b"one")
    write_key(tmp_path, 1, PEM, b"pem")
    for name in ("0.key", "01.key", "one.key", "2.key.old", ".3.key.99"):
        (tmp_path / name).write_bytes(b"no key")

    assert read(tmp_path) == {1: b"one"}


def test_key_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    path = write_key(tmp_path / "keys", 1, SYMMETRIC, b"one")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["1.key"]  # noqa: PTH208 - the names are the claim


def test_key_is_never_replaced(tmp_path: Path) -> None:
    write_key(tmp_path, 1, SYMMETRIC, b"one")

    with pytest.raises(FileExistsError):
        write_key(tmp_path, 1, SYMMETRIC, b"two")
    assert read(tmp_path) == {1: b"one"}


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o620, 0o601])
def test_key_that_others_may_use_is_refused_by_name(tmp_path: Path, mode: int) -> None:
    path = write_key(tmp_path, 1, SYMMETRIC, b"one")
    path.chmod(mode)

    with pytest.raises(VaultSettingsError, match=r"FOURPASS_KEYS names .*1\.key.*chmod") as refused:
        read(tmp_path)
    assert refused.value.variable == VARIABLE


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_folder_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    write_key(tmp_path / "keys", 1, SYMMETRIC, b"one")
    (tmp_path / "keys").chmod(mode)

    with pytest.raises(VaultSettingsError, match="others may use"):
        read(tmp_path / "keys")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_key_of_another_user_is_refused(tmp_path: Path, what: str) -> None:
    path = write_key(tmp_path / "keys", 1, SYMMETRIC, b"one")
    os.chown(path if what == "file" else path.parent, 65534, 65534)

    with pytest.raises(VaultSettingsError, match="belongs to another user"):
        read(path.parent)


def test_missing_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(VaultSettingsError, match=r"FOURPASS_KEYS names .*nowhere"):
        read(tmp_path / "nowhere")


def test_file_in_a_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(VaultSettingsError, match="no folder"):
        read(tmp_path / "file")


def test_folder_without_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VaultSettingsError, match=r"1\.key is needed"):
        read(tmp_path)
