from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from infra.local.data_folder import holder_of, owned
from infra.local.errors import DataFolderError

if TYPE_CHECKING:
    from pathlib import Path


def test_folder_is_made_for_us_alone(tmp_path: Path) -> None:
    with owned(tmp_path / "a" / "b") as folder:
        assert folder.stat().st_mode & 0o777 == 0o700


def test_second_owner_is_told_who_holds_it(tmp_path: Path) -> None:
    told = pytest.raises(DataFolderError, match=f"process {os.getpid()}")

    with owned(tmp_path), told, owned(tmp_path):
        pass


def test_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with owned(tmp_path):
        pass

    with owned(tmp_path):
        assert holder_of(tmp_path) == os.getpid()
    assert holder_of(tmp_path) is None


def test_lock_file_that_a_killed_run_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n")

    with owned(tmp_path):
        assert holder_of(tmp_path) == os.getpid()


def test_asking_who_holds_a_folder_makes_nothing(tmp_path: Path) -> None:
    assert holder_of(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()


def test_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DataFolderError, match="cannot be used"), owned(tmp_path / "file"):
        pass
