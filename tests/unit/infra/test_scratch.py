"""Temporary files are in memory only where there is room for them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from infra.local.making import scratch
from infra.local.making.scratch import in_memory, memory_folder

_GIB = 1024**3


@pytest.fixture
def meminfo(tmp_path: Path) -> Path:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal:       24684096 kB\nMemAvailable:    8388608 kB\n")
    return told


def free(monkeypatch: pytest.MonkeyPatch, gibibytes: int) -> None:
    def disk_usage(path: Path) -> SimpleNamespace:
        del path
        return SimpleNamespace(free=gibibytes * _GIB)

    monkeypatch.setattr(scratch.shutil, "disk_usage", disk_usage)


def test_a_roomy_folder_in_memory_is_taken(
    tmp_path: Path, meminfo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 4)

    assert memory_folder(memory=tmp_path, meminfo=meminfo) == tmp_path


def test_a_small_one_is_not(tmp_path: Path, meminfo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 3)

    assert memory_folder(memory=tmp_path, meminfo=meminfo) is None


@pytest.mark.parametrize("told", ["MemAvailable: 1000 kB\n", "MemTotal: 24684096 kB\n", ""])
def test_nor_is_one_where_memory_is_short_or_nobody_says(
    tmp_path: Path, meminfo: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    free(monkeypatch, 4)
    meminfo.write_text(told)

    assert memory_folder(memory=tmp_path, meminfo=meminfo) is None


def test_where_there_is_none_files_go_where_they_went(
    tmp_path: Path, meminfo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert memory_folder(memory=tmp_path / "none", meminfo=meminfo) is None

    monkeypatch.setattr(scratch, "memory_folder", lambda: None)
    assert in_memory() == {}
    monkeypatch.setattr(scratch, "memory_folder", lambda: Path("/dev/shm"))
    assert in_memory() == {"TMPDIR": "/dev/shm"}
