from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.observing.room import free_bytes, show_room
from tests.unit.handlers.observing.told import Meters

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_free_is_told_of_disk_and_memory(tmp_path: Path) -> None:
    meters = Meters()

    show_room(tmp_path, meters)  # pyright: ignore[reportArgumentType] - remembers instead

    read = meters.read("fourpass.room.free")
    assert set(read) == {(("of", "disk"),), (("of", "memory"),)}
    assert min(read.values()) > 1_000_000


def test_folder_that_is_not_there_tells_of_no_disk(tmp_path: Path) -> None:
    assert set(free_bytes(tmp_path / "nowhere")) == {"memory"}
