"""Making PostgreSQL's folder where an earlier start was killed in the midst of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.embedded import cluster
from infra.local.errors import PartFailedError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def leaving(times: int) -> tuple[list[int], Any]:
    """Return a `rmtree` after which somebody makes the folder again, this many times."""
    calls: list[int] = []
    true_one = shutil.rmtree

    def rmtree(folder: Path, **how: Any) -> None:
        true_one(folder, **how)
        calls.append(1)
        if len(calls) <= times:
            folder.mkdir()

    return calls, rmtree


async def test_folder_that_is_still_written_to_is_emptied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, rmtree = leaving(2)
    monkeypatch.setattr(shutil, "rmtree", rmtree)
    folder = tmp_path / "data.new"
    (folder / "base").mkdir(parents=True)

    await cluster.begin_anew(folder)

    assert len(calls) == 3
    assert list(folder.iterdir()) == []


async def test_folder_that_somebody_goes_on_writing_to_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, rmtree = leaving(1000)
    monkeypatch.setattr(shutil, "rmtree", rmtree)
    monkeypatch.setattr(cluster, "_EMPTYING_PAUSE_S", 0)

    with pytest.raises(PartFailedError, match="cannot be emptied"):
        await cluster.begin_anew(tmp_path / "data.new")
